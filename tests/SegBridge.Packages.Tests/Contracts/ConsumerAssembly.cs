using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SegBridge.Packages.Tests.Contracts;

/// <summary>What a compiled assembly takes from contract assemblies: types, members and virtual methods to override.</summary>
internal sealed class ConsumerAssembly : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _reader;
    private readonly IReadOnlyDictionary<string, ContractAssembly> _contracts;

    internal ConsumerAssembly(string path, IReadOnlyDictionary<string, ContractAssembly> contracts)
    {
        _file = new PEReader(File.OpenRead(path));
        _reader = _file.GetMetadataReader();
        _contracts = contracts;
    }

    /// <summary>How many member references were looked at by the last <see cref="MissingMembers"/>.</summary>
    internal int MembersSeen { get; private set; }

    internal List<string> MissingTypes()
    {
        var missing = new List<string>();
        foreach (TypeReferenceHandle handle in _reader.TypeReferences)
        {
            if (Resolve(handle) is (ContractAssembly contract, string name) && !contract.HasType(name))
            {
                missing.Add(name);
            }
        }

        return missing;
    }

    internal List<string> MissingMembers()
    {
        var missing = new List<string>();
        MembersSeen = 0;
        foreach (MemberReference member in _reader.MemberReferences.Select(_reader.GetMemberReference))
        {
            if (Resolve(member.Parent) is not (ContractAssembly contract, string type))
            {
                continue;
            }

            MembersSeen++;
            string name = _reader.GetString(member.Name);
            if (member.GetKind() == MemberReferenceKind.Field)
            {
                string fieldType = member.DecodeFieldSignature(SignatureNames.Instance, null);
                if (!contract.HasField(type, name, fieldType))
                {
                    missing.Add($"field {fieldType} {type}.{name}");
                }
            }
            else
            {
                string signature = SignatureNames.Describe(member.DecodeMethodSignature(SignatureNames.Instance, null));
                if (!contract.HasMethod(type, name, signature))
                {
                    missing.Add($"{type}.{name}: {signature}");
                }
            }
        }

        return missing;
    }

    /// <summary>Overrides of types derived from a contract type for which that type has no such virtual method.</summary>
    internal List<string> MissingVirtuals()
    {
        var missing = new List<string>();
        foreach (TypeDefinition type in _reader.TypeDefinitions.Select(_reader.GetTypeDefinition))
        {
            if (Resolve(type.BaseType) is not (ContractAssembly contract, string baseName))
            {
                continue;
            }

            foreach (MethodDefinition method in type.GetMethods().Select(_reader.GetMethodDefinition).Where(IsOverride))
            {
                string name = _reader.GetString(method.Name);
                string signature = SignatureNames.Describe(method.DecodeSignature(SignatureNames.Instance, null));
                MethodAttributes access = method.Attributes & MethodAttributes.MemberAccessMask;
                if (!contract.HasVirtual(baseName, name, signature, access) && !IsOfObject(name))
                {
                    missing.Add($"{access} {baseName}.{name}: {signature}");
                }
            }
        }

        return missing;
    }

    public void Dispose() => _file.Dispose();

    private static bool IsOverride(MethodDefinition method) =>
        method.Attributes.HasFlag(MethodAttributes.Virtual) && !method.Attributes.HasFlag(MethodAttributes.NewSlot);

    private static bool IsOfObject(string name) => name is "ToString" or "Equals" or "GetHashCode";

    private (ContractAssembly Contract, string TypeName)? Resolve(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeSpecification:
                // A generic instance starts with its generic type: GENERICINST (CLASS | VALUETYPE) TypeDefOrRef.
                BlobReader blob = _reader.GetBlobReader(_reader.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                {
                    return null;
                }

                blob.ReadCompressedInteger();
                return Resolve(blob.ReadTypeHandle());

            case HandleKind.TypeReference when !handle.IsNil:
                TypeReference type = _reader.GetTypeReference((TypeReferenceHandle)handle);
                EntityHandle scope = type.ResolutionScope;
                while (scope.Kind == HandleKind.TypeReference)
                {
                    scope = _reader.GetTypeReference((TypeReferenceHandle)scope).ResolutionScope;
                }

                if (scope.Kind != HandleKind.AssemblyReference)
                {
                    return null;
                }

                string assembly = _reader.GetString(_reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name);
                return _contracts.TryGetValue(assembly, out ContractAssembly? contract)
                    ? (contract, SignatureNames.NameOf(_reader, type))
                    : null;

            default:
                return null;
        }
    }
}
