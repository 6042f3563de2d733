namespace Grpc.Core;

/// <summary>Turns messages into bytes and back; either pair of functions can be had, whichever it was made from.</summary>
public class Marshaller<T>
{
    /// <summary>Makes a marshaller from functions on whole byte arrays.</summary>
    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        Serializer = serializer ?? throw new ArgumentNullException(nameof(serializer));
        Deserializer = deserializer ?? throw new ArgumentNullException(nameof(deserializer));
        ContextualSerializer = (message, context) => context.Complete(serializer(message));
        ContextualDeserializer = context => deserializer(context.PayloadAsNewBuffer());
    }

    /// <summary>Makes a marshaller from functions on the transport's own buffers.</summary>
    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ContextualSerializer = serializer ?? throw new ArgumentNullException(nameof(serializer));
        ContextualDeserializer = deserializer ?? throw new ArgumentNullException(nameof(deserializer));
        Serializer = message =>
        {
            var context = new ArraySerializationContext();
            serializer(message, context);
            return context.Payload;
        };
        Deserializer = payload => deserializer(new ArrayDeserializationContext(payload));
    }

    /// <summary>Message to bytes.</summary>
    public Func<T, byte[]> Serializer { get; }

    /// <summary>Bytes to message.</summary>
    public Func<byte[], T> Deserializer { get; }

    /// <summary>Message into the transport's buffer.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; }

    /// <summary>Message from the transport's buffer.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; }
}
