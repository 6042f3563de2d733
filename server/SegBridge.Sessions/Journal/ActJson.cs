using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Journal;

/// <summary>Acts as compact JSON; numbers come back as they were, to the last bit.</summary>
internal static class ActJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(), new PointConverter(), new BoxConverter(), new MaskConverter(), new GeometryConverter(), new ObliqueConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds } },
    };

    public static byte[] Write(Act act) => JsonSerializer.SerializeToUtf8Bytes(act, Options);

    /// <returns>Null when the text is no act that this version knows.</returns>
    public static Act? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<Act>(json, Options);
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException or GeometryException or MaskFormatException)
        {
            return null;
        }
    }

    private static void NameKinds(JsonTypeInfo type)
    {
        if (type.Type == typeof(Prompt))
        {
            type.PolymorphismOptions = new JsonPolymorphismOptions
            {
                TypeDiscriminatorPropertyName = "kind",
                DerivedTypes =
                {
                    new JsonDerivedType(typeof(PointPrompt), "point"),
                    new JsonDerivedType(typeof(BoxPrompt), "box"),
                    new JsonDerivedType(typeof(ScribblePrompt), "scribble"),
                    new JsonDerivedType(typeof(StrokePrompt), "stroke"),
                    new JsonDerivedType(typeof(LassoPrompt), "lasso"),
                    new JsonDerivedType(typeof(MaskPrompt), "mask"),
                },
            };
        }
        else if (type.Type == typeof(Section))
        {
            type.PolymorphismOptions = new JsonPolymorphismOptions
            {
                TypeDiscriminatorPropertyName = "kind",
                DerivedTypes =
                {
                    new JsonDerivedType(typeof(Section.OnGrid), "grid"),
                    new JsonDerivedType(typeof(Section.Oblique), "oblique"),
                },
            };
        }
    }

    private static T[] Numbers<T>(ref Utf8JsonReader reader, int count) =>
        JsonSerializer.Deserialize<T[]>(ref reader) is { } numbers && numbers.Length == count
            ? numbers
            : throw new JsonException($"{count} numbers were expected");

    private sealed class PointConverter : JsonConverter<VoxelPoint>
    {
        public override VoxelPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Numbers<double>(ref reader, 3) is [var i, var j, var k] ? new VoxelPoint(i, j, k) : default;

        public override void Write(Utf8JsonWriter writer, VoxelPoint value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<double[]>(writer, [value.I, value.J, value.K]);
    }

    private sealed class BoxConverter : JsonConverter<VoxelBox>
    {
        public override VoxelBox Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var at = Numbers<int>(ref reader, 6);
            return new VoxelBox(new Ijk(at[0], at[1], at[2]), new Ijk(at[3], at[4], at[5]));
        }

        public override void Write(Utf8JsonWriter writer, VoxelBox value, JsonSerializerOptions options) => JsonSerializer.Serialize<int[]>(
            writer, [value.Lower.I, value.Lower.J, value.Lower.K, value.Upper.I, value.Upper.J, value.Upper.K]);
    }

    private sealed class MaskConverter : JsonConverter<BitBlock>
    {
        public override BitBlock Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var (box, bits) = JsonSerializer.Deserialize<Packed>(ref reader, options)!;
            return box.IsEmpty ? new BitBlock(box) : MaskCodec.Decode(bits, MaskEncoding.XorSparseZlib, box);
        }

        public override void Write(Utf8JsonWriter writer, BitBlock value, JsonSerializerOptions options) => JsonSerializer.Serialize(
            writer, new Packed(value.Box, value.Box.IsEmpty ? [] : MaskCodec.Encode(value, MaskEncoding.XorSparseZlib)), options);

        private sealed record Packed(VoxelBox Box, byte[] Bits);
    }

    private sealed class GeometryConverter : JsonConverter<VolumeGeometry>
    {
        public override VolumeGeometry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var (size, spacing, direction, origin) = JsonSerializer.Deserialize<Parts>(ref reader, options)!;
            return new VolumeGeometry(size, spacing, direction, origin);
        }

        public override void Write(Utf8JsonWriter writer, VolumeGeometry value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, new Parts(value.Size, value.Spacing, value.Direction, value.Origin), options);

        private sealed record Parts(VolumeSize Size, Spacing Spacing, Direction Direction, LpsPoint Origin);
    }

    private sealed class ObliqueConverter : JsonConverter<ObliquePlane>
    {
        public override ObliquePlane Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var (origin, columnAxis, rowAxis, columnSpacing, rowSpacing, columns, rows) = JsonSerializer.Deserialize<Parts>(ref reader, options)!;
            return new ObliquePlane(origin, columnAxis, rowAxis, columnSpacing, rowSpacing, columns, rows);
        }

        public override void Write(Utf8JsonWriter writer, ObliquePlane value, JsonSerializerOptions options) => JsonSerializer.Serialize(
            writer,
            new Parts(value.Origin, value.ColumnAxis, value.RowAxis, value.ColumnSpacing, value.RowSpacing, value.Columns, value.Rows),
            options);

        private sealed record Parts(
            LpsPoint Origin, LpsVector ColumnAxis, LpsVector RowAxis, double ColumnSpacing, double RowSpacing, int Columns, int Rows);
    }
}
