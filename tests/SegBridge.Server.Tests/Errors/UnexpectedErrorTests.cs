using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using SegBridge.Models.Bundles;
using SegBridge.Server.Errors;
using SegBridge.Server.Hosting;
using SegBridge.Server.Services;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions.Errors;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Errors;

public sealed class UnexpectedErrorTests
{
    [Fact]
    public async Task What_nobody_foresaw_is_internal_with_an_id_that_the_log_repeats()
    {
        using var log = new LogText();
        await using var server = await TestServer.StartAsync(TestServer.Options with { Log = new LogSettings { Output = log } });
        server.Running.Services.GetRequiredService<ModelRepository>().Dispose();

        var error = await CallExtensions.FailsAsync(StatusCode.Internal, async () => await server.Models.ListModelsAsync(new ListModelsRequest()));
        var id = error.Status.Detail.Split(' ')[^1];
        Assert.Matches("^[0-9a-f]{12}$", id);
        Assert.DoesNotContain("disposed", error.Status.Detail, StringComparison.OrdinalIgnoreCase);
        var lines = log.ToString().Split('\n');
        Assert.Contains(lines, line => line.Contains(id, StringComparison.Ordinal) && line.Contains(nameof(ObjectDisposedException), StringComparison.Ordinal));
    }

    public static TheoryData<StatusCode, Exception> Foreseen => new()
    {
        { StatusCode.InvalidArgument, new InvalidRequestException("x") },
        { StatusCode.InvalidArgument, new Imaging.Masks.MaskFormatException("x") },
        { StatusCode.NotFound, new SegmentNotFoundException() },
        { StatusCode.NotFound, new ModelNotFoundException("x") },
        { StatusCode.FailedPrecondition, new WrongStateException("x") },
        { StatusCode.FailedPrecondition, new ModelRefusedException("x") },
        { StatusCode.ResourceExhausted, new LimitExceededException("x") },
        { StatusCode.ResourceExhausted, new SegBridge.Models.Inference.DeviceBusyException("x", TimeSpan.FromSeconds(1)) },
        { StatusCode.Aborted, new SupersededException() },
        { StatusCode.Unimplemented, new UnimplementedException("x") },
        { StatusCode.Internal, new BundleException("x") },
        { StatusCode.Cancelled, new OperationCanceledException() },
    };

    [Theory]
    [MemberData(nameof(Foreseen))]
    public void Each_exception_of_the_rooms_below_has_its_status(StatusCode status, Exception error) =>
        Assert.Equal(status, ErrorMapping.ToStatus(error)?.StatusCode);

    [Fact]
    public void Others_have_none() => Assert.Null(ErrorMapping.ToStatus(new InvalidOperationException("x")));
}
