using System.Net.Sockets;
using System.Text;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors;

/// <summary>What breaks naive servers of the first protocol, one by one.</summary>
[Collection(DoorServerGroup.Name)]
public sealed class LegacyDoorTests(DoorServer shared)
{
    private const string Ok = """{"status":"ok"}""";
    private const int K = Ellipsoid.CentreK;
    private const int J = Ellipsoid.CentreJ;
    private const int I = Ellipsoid.CentreI;

    [Fact]
    public async Task Before_an_image_the_words_come_by_which_the_client_sends_it()
    {
        using var caller = new LegacyCaller(shared.Server, "first");
        Assert.Contains("No image uploaded", await LegacyCaller.ErrorOfAsync(caller.PointAsync(K, J, I)), StringComparison.Ordinal);
        Assert.Contains("No image uploaded", await LegacyCaller.ErrorOfAsync(caller.FormAsync("/upload_segment", LegacyCaller.Mask(1, (_, _, _) => false), null)), StringComparison.Ordinal);
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.UploadImageAsync()));
        Assert.True((await LegacyCaller.MaskOfAsync(caller.PointAsync(K, J, I)))(K, J, I));
    }

    [Fact]
    public async Task An_image_that_was_refused_is_not_asked_for_again_and_again()
    {
        using var caller = new LegacyCaller(shared.Server, "refused");
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.UploadImageAsync()));
        var broken = LegacyCaller.Npy("|O1", 2, 4, 4, new byte[32]);
        Assert.Contains("type", await LegacyCaller.ErrorOfAsync(caller.FormAsync("/upload_image", broken, null, claimsGzip: false)), StringComparison.Ordinal);
        var said = await LegacyCaller.ErrorOfAsync(caller.FormAsync("/upload_segment", LegacyCaller.Mask(1, (_, _, _) => false), null));
        Assert.DoesNotContain("No image uploaded", said, StringComparison.Ordinal);
        Assert.Contains("not taken", said, StringComparison.Ordinal);
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.UploadImageAsync()));
        Assert.True((await LegacyCaller.MaskOfAsync(caller.PointAsync(K, J, I)))(K, J, I));
    }

    [Theory]
    [InlineData("True", 255, true)]
    [InlineData("true", 1, true)]
    [InlineData("1", 255, true)]
    [InlineData("yes", 1, true)]
    [InlineData("False", 255, false)]
    public async Task A_scribble_of_any_number_is_read_from_a_form_that_claims_to_be_compressed(string positive, byte value, bool isInside)
    {
        using var caller = new LegacyCaller(shared.Server, $"scribble-{positive}");
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.UploadImageAsync()));
        Assert.True((await LegacyCaller.MaskOfAsync(caller.PointAsync(K, J, I)))(K, J, I));
        var mask = await LegacyCaller.MaskOfAsync(caller.FormAsync(
            "/add_scribble_interaction", LegacyCaller.Mask(value, (k, j, i) => k == K && j == J + 6 && i is > 40 and < 60), positive));
        Assert.All(Enumerable.Range(41, 19), i => Assert.Equal(isInside, mask(K, J + 6, i)));
    }

    [Fact]
    public async Task A_box_of_one_slice_takes_both_corners_in_any_order_and_a_click_beside_the_volume_means_its_edge()
    {
        using var caller = new LegacyCaller(shared.Server, "box");
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.UploadImageAsync()));
        var box = await LegacyCaller.MaskOfAsync(caller.JsonAsync(
            "/add_bbox_interaction", $$"""{"outer_point_one":[{{K}},56,27],"outer_point_two":[{{K}},20,73],"positive_click":true}"""));
        Assert.True(box(K, J, I));
        Assert.False(box(K + 1, J, I));
        var edge = await LegacyCaller.MaskOfAsync(caller.JsonAsync("/add_point_interaction", $$"""{"voxel_coord":[{{K}},-40,9999],"positive_click":true}"""));
        Assert.True(edge(K, 0, Ellipsoid.Size.I - 1));
    }

    [Fact]
    public async Task A_segment_replaces_the_mask_and_an_empty_one_clears_it()
    {
        using var caller = new LegacyCaller(shared.Server, "segment");
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.UploadImageAsync()));
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.FormAsync("/upload_segment", LegacyCaller.Mask(1, (k, j, i) => k == 2 && j == 3 && i < 9), null)));
        var with = await LegacyCaller.MaskOfAsync(caller.PointAsync(K, J, I));
        Assert.True(with(2, 3, 8) && with(K, J, I));
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.FormAsync("/upload_segment", LegacyCaller.Mask(1, (_, _, _) => false), null)));
        Assert.False((await LegacyCaller.MaskOfAsync(caller.PointAsync(K, J, I)))(2, 3, 8));
        Assert.Contains("shape", await LegacyCaller.ErrorOfAsync(caller.FormAsync("/upload_segment", Gzip(LegacyCaller.Npy("|b1", 2, 3, 4, new byte[24])), null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_in_the_address_keep_users_apart()
    {
        using var anna = new LegacyCaller(shared.Server, "anna");
        using var bert = new LegacyCaller(shared.Server, "bert");
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(anna.UploadImageAsync()));
        Assert.Contains("No image uploaded", await LegacyCaller.ErrorOfAsync(bert.PointAsync(K, J, I)), StringComparison.Ordinal);
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(bert.UploadImageAsync()));
        await LegacyCaller.MaskOfAsync(anna.PointAsync(K, J, I));
        Assert.False((await LegacyCaller.MaskOfAsync(bert.PointAsync(K + 2, J, I)))(K, J, I));
    }

    [Fact]
    public async Task A_body_that_never_comes_does_not_hold_the_client_up_for_ever()
    {
        var address = shared.Server.Running.Doors[0].Address;
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /u/stuck/upload_image HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n\r\n"));
        var buffer = new byte[4096];
        while (await connection.GetStream().ReadAsync(buffer) > 0)
        {
        }

        // The connection is closed, and it is the user's turn again.
        using var caller = new LegacyCaller(shared.Server, "stuck");
        Assert.Equal(Ok, await LegacyCaller.TextOfAsync(caller.UploadImageAsync()));
    }

    private static byte[] Gzip(byte[] data)
    {
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(data);
        }

        return packed.ToArray();
    }
}
