using Grpc.Core;
using SegBridge.Server.Mapping;
using SegBridge.Server.Security;
using SegBridge.Sessions.Archives;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Tasks;
using SegBridge.V1;
using Task = System.Threading.Tasks.Task;

namespace SegBridge.Server.Services;

/// <summary>What server this is. Journal and tasks are there only if the operator has switched them on.</summary>
internal sealed class ServerService(SeriesArchives archives, JournalStore? journal = null, TaskStore? tasks = null) : V1.Server.ServerBase
{
    private const uint ContractVersion = 1;

    public override Task<DescribeReply> Describe(DescribeRequest request, ServerCallContext context) => Task.FromResult(new DescribeReply
    {
        ServerVersion = SessionMapping.ServerVersion,
        ContractVersion = ContractVersion,
        User = Caller.KeyNameOf(context.GetHttpContext()) ?? "",
        TasksEnabled = tasks is not null,
        JournalEnabled = journal is not null,
        Archives = { archives.Names },
    });
}
