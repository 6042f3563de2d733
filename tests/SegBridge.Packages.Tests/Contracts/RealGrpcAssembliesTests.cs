using System.Reflection;

namespace SegBridge.Packages.Tests.Contracts;

public sealed class RealGrpcAssembliesTests : IDisposable
{
    private static readonly string[] ContractNames = ["Grpc.Core.Api", "Grpc.Net.Common"];

    private readonly Dictionary<string, ContractAssembly> _contracts =
        ContractNames.ToDictionary(name => name, name => new ContractAssembly(PathOf(name)));

    public static TheoryData<string> Consumers => ["Grpc.AspNetCore.Server", "Grpc.Net.Client"];

    [Theory]
    [MemberData(nameof(Consumers))]
    public void Every_type_that_a_real_assembly_references_exists(string name)
    {
        using var consumer = new ConsumerAssembly(PathOf(name), _contracts);

        Assert.Empty(consumer.MissingTypes());
    }

    [Theory]
    [MemberData(nameof(Consumers))]
    public void Every_member_that_a_real_assembly_references_exists(string name)
    {
        using var consumer = new ConsumerAssembly(PathOf(name), _contracts);

        Assert.Empty(consumer.MissingMembers());
        Assert.True(consumer.MembersSeen >= 60, $"Only {consumer.MembersSeen} member references were found; the check is blind.");
    }

    [Theory]
    [MemberData(nameof(Consumers))]
    public void Every_method_that_a_real_assembly_overrides_is_virtual_with_the_same_access(string name)
    {
        using var consumer = new ConsumerAssembly(PathOf(name), _contracts);

        Assert.Empty(consumer.MissingVirtuals());
    }

    // Loading a type fails when an abstract or interface method is left without a body or a type constraint differs.
    [Theory]
    [MemberData(nameof(Consumers))]
    public void Every_type_of_a_real_assembly_loads(string name) => Assert.NotEmpty(Assembly.Load(name).GetTypes());

    [Theory]
    [MemberData(nameof(Consumers))]
    public void The_contracts_have_the_name_version_and_key_that_a_real_assembly_asks_for(string name)
    {
        AssemblyName[] wanted =
            [.. Assembly.Load(name).GetReferencedAssemblies().Where(reference => ContractNames.Contains(reference.Name))];

        Assert.Equal(ContractNames, wanted.Select(reference => reference.Name!).Order(StringComparer.Ordinal));
        Assert.All(wanted, reference =>
        {
            AssemblyName offered = Assembly.Load(reference.Name!).GetName();
            Assert.Equal(reference.GetPublicKeyToken(), offered.GetPublicKeyToken());
            Assert.Equal(reference.Version, offered.Version);
        });
    }

    [Fact]
    public void A_member_that_does_not_exist_is_noticed()
    {
        ContractAssembly contract = _contracts["Grpc.Core.Api"];
        const string signature = "instance Void `0(String, String)";

        Assert.True(contract.HasMethod("Grpc.Core.Metadata", "Add", signature));
        Assert.False(contract.HasMethod("Grpc.Core.Metadata", "Add", "instance Void `0(String, Int32)"));
        Assert.False(contract.HasMethod("Grpc.Core.Metadatum", "Add", signature));
    }

    public void Dispose()
    {
        foreach (ContractAssembly contract in _contracts.Values)
        {
            contract.Dispose();
        }
    }

    private static string PathOf(string name) => Assembly.Load(name).Location;
}
