using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SegBridge.Packages.Tests.Contracts;

/// <summary>Types and members that one contract assembly declares, by name and signature.</summary>
internal sealed class ContractAssembly : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _reader;
    private readonly Dictionary<string, TypeDefinition> _types;

    internal ContractAssembly(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _reader = _file.GetMetadataReader();
        _types = _reader.TypeDefinitions
            .Select(_reader.GetTypeDefinition)
            .ToDictionary(type => SignatureNames.NameOf(_reader, type));
    }

    internal bool HasType(string name) => _types.TryGetValue(name, out TypeDefinition type) && IsVisible(type);

    internal bool HasMethod(string typeName, string name, string signature) => MethodsOf(typeName).Any(method =>
        Matches(method, name, signature) && IsVisible(method.Attributes & MethodAttributes.MemberAccessMask));

    /// <summary>Whether the type has a virtual method of this name, signature and access.</summary>
    internal bool HasVirtual(string typeName, string name, string signature, MethodAttributes access) =>
        MethodsOf(typeName).Any(method =>
            Matches(method, name, signature)
            && method.Attributes.HasFlag(MethodAttributes.Virtual)
            && (method.Attributes & MethodAttributes.MemberAccessMask) == access);

    internal bool HasField(string typeName, string name, string fieldType) =>
        _types.TryGetValue(typeName, out TypeDefinition type) && type.GetFields().Select(_reader.GetFieldDefinition).Any(field =>
            _reader.StringComparer.Equals(field.Name, name)
            && field.DecodeSignature(SignatureNames.Instance, null) == fieldType);

    public void Dispose() => _file.Dispose();

    private IEnumerable<MethodDefinition> MethodsOf(string typeName) =>
        _types.TryGetValue(typeName, out TypeDefinition type) ? type.GetMethods().Select(_reader.GetMethodDefinition) : [];

    private bool Matches(MethodDefinition method, string name, string signature) =>
        _reader.StringComparer.Equals(method.Name, name)
        && SignatureNames.Describe(method.DecodeSignature(SignatureNames.Instance, null)) == signature;

    private static bool IsVisible(TypeDefinition type) =>
        (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public or TypeAttributes.NestedPublic;

    private static bool IsVisible(MethodAttributes access) =>
        access is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;
}
