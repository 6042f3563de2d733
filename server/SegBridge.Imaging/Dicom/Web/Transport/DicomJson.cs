using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>Datasets in the DICOM JSON model (PS3.18 annex F). Values that are elsewhere (BulkDataURI) are left out.</summary>
internal static class DicomJson
{
    // Each level of sequences takes three of JSON.
    private const int MaxDepth = 3 * 32;

    /// <summary>The datasets of an array, or the one of an object; none of an empty text.</summary>
    /// <exception cref="DicomWebException">It is not JSON, or not of that model.</exception>
    public static IReadOnlyList<DicomDataset> Read(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return [];
        }

        try
        {
            using var parsed = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = parsed.RootElement;
            return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray().Select(ReadDataset)] : [ReadDataset(root)];
        }
        catch (Exception cause) when (cause is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            throw new DicomWebException(DicomWebProblem.BadReply, "the archive's answer is not DICOM JSON as PS3.18 annex F has it", cause);
        }
    }

    private static DicomDataset ReadDataset(JsonElement attributes)
    {
        DicomDataset dataset = [];
        foreach (var attribute in attributes.EnumerateObject())
        {
            var tag = DicomTag.FromNumber(uint.Parse(attribute.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            // A dataset whose text is Unicode has no need of its former character set.
            if (tag != DicomTag.SpecificCharacterSet && VROf(attribute.Value, tag) is { } vr)
            {
                dataset.Add(ReadItem(tag, vr, attribute.Value));
            }
        }

        return dataset;
    }

    private static DicomVR? VROf(JsonElement attribute, DicomTag tag)
    {
        var code = attribute.TryGetProperty("vr", out var vr) ? vr.GetString() ?? "" : DicomDictionary.VROf(tag).Code;
        return code.Length == 2 ? DicomVR.Find((byte)code[0], (byte)code[1]) : null;
    }

    private static DicomItem ReadItem(DicomTag tag, DicomVR vr, JsonElement attribute)
    {
        var values = attribute.TryGetProperty("Value", out var array) && array.ValueKind != JsonValueKind.Null ? array.EnumerateArray().ToArray() : [];
        if (vr == DicomVR.SQ)
        {
            return new DicomSequence(tag, [.. values.Select(value => value.ValueKind == JsonValueKind.Null ? [] : ReadDataset(value))]);
        }

        var bytes = attribute.TryGetProperty("InlineBinary", out var inline) ? inline.GetBytesFromBase64()
            : vr.IsText ? Encoding.UTF8.GetBytes(string.Join('\\', values.Select(TextOf)))
            : [.. values.SelectMany(value => BytesOf(value, vr))];
        return new DicomElement(tag, vr, new MemoryByteBuffer(bytes));
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        // A person's name: the alphabetic, ideographic and phonetic form.
        JsonValueKind.Object => string.Join('=', FormOf(value, "Alphabetic"), FormOf(value, "Ideographic"), FormOf(value, "Phonetic")).TrimEnd('='),
        _ => throw new FormatException(),
    };

    private static string FormOf(JsonElement name, string form) => name.TryGetProperty(form, out var text) ? text.GetString() ?? "" : "";

    private static byte[] BytesOf(JsonElement value, DicomVR vr)
    {
        var bytes = new byte[vr.Code == "AT" ? 4 : vr.UnitBytes];
        switch (vr.Code)
        {
            case "FL" or "OF":
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)NumberOf<double>(value));
                break;
            case "FD" or "OD":
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, NumberOf<double>(value));
                break;
            case "AT":
                var tag = uint.Parse(value.GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, BitOperations.RotateLeft(tag, 16));
                break;
            case "UV" or "OV":
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, NumberOf<ulong>(value));
                break;
            case "SV" or "SL" or "UL" or "SS" or "US":
                var whole = NumberOf<long>(value);
                for (var n = 0; n < bytes.Length; n++)
                {
                    bytes[n] = (byte)(whole >> (8 * n));
                }

                break;
            default:
                throw new FormatException();
        }

        return bytes;
    }

    // Numbers of 64 bits may come as text, which keeps their last digits.
    private static T NumberOf<T>(JsonElement value)
        where T : INumber<T> => T.Parse(
            value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
