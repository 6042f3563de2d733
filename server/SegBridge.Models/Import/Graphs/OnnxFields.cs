namespace SegBridge.Models.Import.Graphs;

/// <summary>Numbers of those fields of onnx.proto that are read or written here.</summary>
internal static class OnnxFields
{
    public const int ModelGraph = 7;

    public const int GraphNode = 1;
    public const int GraphInitializer = 5;

    public const int NodeInput = 1;
    public const int NodeOutput = 2;
    public const int NodeName = 3;
    public const int NodeOperator = 4;
    public const int NodeAttribute = 5;

    public const int AttributeName = 1;
    public const int AttributeFloat = 2;
    public const int AttributeInteger = 3;
    public const int AttributeGraph = 6;
    public const int AttributeGraphs = 11;
    public const int AttributeType = 20;

    public const int AttributeTypeFloat = 1;
    public const int AttributeTypeInteger = 2;

    public const int TensorDimension = 1;
    public const int TensorType = 2;
    public const int TensorName = 8;
    public const int TensorRawData = 9;
    public const int TensorExternalData = 13;
    public const int TensorDataLocation = 14;

    public const int TypeFloat = 1;
    public const int TypeHalf = 10;
    public const int LocationExternal = 1;

    public const int EntryKey = 1;
    public const int EntryValue = 2;
}
