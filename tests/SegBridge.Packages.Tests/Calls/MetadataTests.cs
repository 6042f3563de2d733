using System.Buffers;
using System.Text;
using Grpc.Core;

namespace SegBridge.Packages.Tests.Calls;

public sealed class MetadataTests
{
    [Fact]
    public void Keys_are_lower_case_and_the_last_of_several_values_is_returned()
    {
        var metadata = new Metadata { { "X-Key", "old" }, { "x-key", "new" } };

        Assert.Equal(["x-key", "x-key"], metadata.Select(entry => entry.Key));
        Assert.Equal("new", metadata.GetValue("x-key"));
        Assert.Null(metadata.GetValue("x-other"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData("x-bytes-bin")]
    public void Text_is_refused_under_a_key_that_cannot_carry_it(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "text"));

    [Fact]
    public void Bytes_are_refused_under_a_key_for_text() =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("x-text", [1]));

    [Fact]
    public void Empty_metadata_stays_empty() =>
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("x-key", "value"));

    [Fact]
    public void Either_kind_of_marshaller_serves_the_other_kind_of_caller()
    {
        Marshaller<string> contextual = Marshallers.Create<string>(
            (text, context) =>
            {
                context.SetPayloadLength(text.Length);
                context.GetBufferWriter().Write(Encoding.ASCII.GetBytes(text));
                context.Complete();
            },
            context => Encoding.ASCII.GetString(context.PayloadAsReadOnlySequence().ToArray()));

        Assert.Equal("brick", Marshallers.StringMarshaller.Deserializer(contextual.Serializer("brick")));
        Assert.Equal("brick", contextual.Deserializer(Marshallers.StringMarshaller.Serializer("brick")));
    }
}
