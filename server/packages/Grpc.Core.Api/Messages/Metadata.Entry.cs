using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>A key with text or bytes. Keys are lower case.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>Makes a text entry; the key must not end in "-bin".</summary>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = NormalizeKey(key);
            if (IsBinary)
            {
                throw new ArgumentException($"The key \"{key}\" ends in \"{BinaryHeaderSuffix}\" and takes bytes, not text.", nameof(key));
            }

            _text = value;
        }

        /// <summary>Makes a binary entry; the key must end in "-bin". The bytes are copied.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = NormalizeKey(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"The key \"{key}\" takes text; a key for bytes ends in \"{BinaryHeaderSuffix}\".", nameof(key));
            }

            _bytes = [.. valueBytes];
        }

        /// <summary>The key, lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the entry carries bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text; throws InvalidOperationException for a binary entry.</summary>
        public string Value =>
            _text ?? throw new InvalidOperationException($"The entry \"{Key}\" carries bytes; read ValueBytes.");

        /// <summary>A copy of the bytes; for a text entry its ASCII bytes.</summary>
        public byte[] ValueBytes => _text is null ? [.. _bytes!] : Encoding.ASCII.GetBytes(_text);

        /// <inheritdoc />
        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_bytes!)}]" : $"[Entry: key={Key}, value={_text}]";

        private static string NormalizeKey(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            if (key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            {
                throw new ArgumentException(
                    $"\"{key}\" is no metadata key: one or more of the letters, digits and . _ - are allowed.", nameof(key));
            }

            return key.ToLowerInvariant();
        }
    }
}
