namespace SegBridge.Imaging.Formats;

/// <summary>The names that NRRD has for types of voxels, with all their aliases.</summary>
internal static class NrrdTypes
{
    public static ElementType Of(string name) => name switch
    {
        "signed char" or "int8" or "int8_t" => ElementType.Int8,
        "uchar" or "unsigned char" or "uint8" or "uint8_t" => ElementType.UInt8,
        "short" or "short int" or "signed short" or "signed short int" or "int16" or "int16_t" => ElementType.Int16,
        "ushort" or "unsigned short" or "unsigned short int" or "uint16" or "uint16_t" => ElementType.UInt16,
        "int" or "signed int" or "int32" or "int32_t" => ElementType.Int32,
        "uint" or "unsigned int" or "uint32" or "uint32_t" => ElementType.UInt32,
        "longlong" or "long long" or "long long int" or "signed long long" or "signed long long int"
            or "int64" or "int64_t" => ElementType.Int64,
        "ulonglong" or "unsigned long long" or "unsigned long long int" or "uint64" or "uint64_t" => ElementType.UInt64,
        "float" => ElementType.Float32,
        "double" => ElementType.Float64,
        _ => throw new VolumeFormatException(
            $"NRRD \"type\" must be an integer type of 8 to 64 bits such as uint8 or short, float or double, got \"{NrrdText.Quote(name)}\""),
    };
}
