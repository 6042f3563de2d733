using System.Net;
using System.Text.Json.Nodes;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors.Monai;

public sealed class DatastoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Images_and_labels_on_disk_are_there_after_a_restart_and_no_id_leaves_the_folder()
    {
        var options = MonaiServer.Options with { Monai = new MonaiSettings { Folder = Path.Combine(_folder, "store") } };
        string[] ids = ["plain_01", "../up", "a/b c+ü", ".hidden", "..", "x:y*?"];
        await using (var server = await TestServer.StartAsync(options))
        {
            using var client = MonaiServer.ClientOf(server);
            foreach (var id in ids)
            {
                await MonaiServer.JsonOf(await client.PutAsync($"/datastore/?image={Uri.EscapeDataString(id)}", MonaiServer.Form("{\"from\": \"here\"}", ("file", "a.nii.gz", MonaiServer.Image))));
            }

            await MonaiServer.JsonOf(await client.PutAsync("/datastore/label?image=plain_01&tag=../t", MonaiServer.Form("{\"label_info\": [1]}", ("label", "b.nrrd", [1, 2, 3]))));
            await MonaiServer.JsonOf(await client.PutAsync("/datastore/label?image=..", MonaiServer.Form(null, ("label", "b.bin", [4]))));
        }

        Assert.Equal([Path.Combine(_folder, "store")], Directory.GetFileSystemEntries(_folder));
        Assert.True(File.Exists(Path.Combine(_folder, "store", "plain_01.nii.gz")));
        await using (var server = await TestServer.StartAsync(options))
        {
            using var client = MonaiServer.ClientOf(server);
            var all = (await MonaiServer.JsonOf(await client.GetAsync("/datastore/?output=all")))["objects"]!.AsObject();
            Assert.Equal(ids.Order(StringComparer.Ordinal), all.Select(entry => entry.Key));
            Assert.Equal("here", (string)all["plain_01"]!["image"]!["info"]!["from"]!);
            Assert.Equal(".nrrd", (string)all["plain_01"]!["labels"]!["../t"]!["ext"]!);
            using var label = await client.GetAsync("/datastore/label?label=plain_01&tag=../t");
            Assert.Equal([1, 2, 3], await label.Content.ReadAsByteArrayAsync());
            var statistics = await MonaiServer.JsonOf(await client.GetAsync("/datastore/"));
            Assert.Equal((6, 1), ((int)statistics["total"]!, (int)statistics["completed"]!));
            await MonaiServer.JsonOf(await client.DeleteAsync("/datastore/?id=plain_01"));
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/datastore/image?image=plain_01")).StatusCode);
        }

        Assert.False(File.Exists(Path.Combine(_folder, "store", "plain_01.nii.gz")));
    }

    [Fact]
    public async Task A_round_of_the_datastore_as_clients_call_it()
    {
        await using var server = await TestServer.StartAsync(MonaiServer.Options);
        using var client = MonaiServer.ClientOf(server);
        Assert.Empty(await MonaiServer.JsonOf(await client.PostAsync("/activelearning/random", null)));
        foreach (var image in (string[])["one", "two"])
        {
            await MonaiServer.JsonOf(await client.PutAsync($"/datastore/?image={image}", MonaiServer.Form(null, ("file", "a.nii.gz", MonaiServer.Image))));
        }

        var first = await MonaiServer.JsonOf(await client.PostAsync("/activelearning/random", null));
        var second = await MonaiServer.JsonOf(await client.PostAsync("/activelearning/random", null));
        Assert.NotEqual((string)first["id"]!, (string)second["id"]!);
        Assert.Equal("SHA256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(MonaiServer.Image)), (string)first["checksum"]!);
        using var matching = new HttpRequestMessage(HttpMethod.Head, $"/datastore/image?image=one&check_sum={first["checksum"]}");
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(matching)).StatusCode);
        using var other = new HttpRequestMessage(HttpMethod.Head, "/datastore/image?image=one&check_sum=SHA256:00");
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(other)).StatusCode);

        await MonaiServer.JsonOf(await client.PutAsync("/datastore/label?image=one", MonaiServer.Form("{}", ("label", "x.nii.gz", [7]))));
        Assert.Equal("two", (string)(await MonaiServer.JsonOf(await client.PostAsync("/activelearning/random", null)))["id"]!);
        var train = JsonNode.Parse(await client.GetStringAsync("/datastore/?output=train"))!.AsArray();
        Assert.Equal("one", (string)train.Single()!["image"]!);
        await MonaiServer.JsonOf(await client.PutAsync("/datastore/label/info?label=one&tag=final", MonaiServer.Form(null, [])));
        await MonaiServer.JsonOf(await client.DeleteAsync("/datastore/label?id=one&tag=final"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/datastore/label?label=one&tag=final")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PutAsync("/datastore/label?image=three", MonaiServer.Form(null, ("label", "x.nrrd", [7])))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutAsync("/datastore/?image=bad", MonaiServer.Form(null, ("file", "a.nii.gz", [1, 2, 3])))).StatusCode);
    }

    [Fact]
    public async Task The_files_of_a_DICOM_series_are_one_image_in_the_order_of_their_positions()
    {
        await using var server = await TestServer.StartAsync(MonaiServer.Options);
        using var client = MonaiServer.ClientOf(server);
        int[] order = [2, 0, 3, 1];
        await MonaiServer.JsonOf(await client.PutAsync("/datastore/?image=1.2.3", MonaiServer.Form(null, [.. order.Select(k => ("file", $"/d/{k}.dcm", Slice(k, "1.2.3")))])));
        var volume = NiftiFile.Read(new MemoryStream(await client.GetByteArrayAsync("/datastore/image?image=1.2.3")));
        Assert.Equal(new VolumeSize(6, 5, 4), volume.Geometry.Size);
        Assert.Equal([-1024f, -1023f, -1022f, -1021f], Enumerable.Range(0, 4).Select(k => volume.ValueAt(new Ijk(1, 1, k))));
        await MonaiServer.JsonOf(await client.PutAsync("/session/", MonaiServer.Form(null, [.. order.Select(k => ("files", $"{k}", Slice(k, "1.2.3")))])));

        foreach (var files in (byte[][][])[[Slice(0, "1.2.3"), Slice(1, "1.2.4")], [Slice(0, "1.2.3"), MonaiServer.Image], [Slice(0, "1.2.3"), Slice(3, "1.2.3"), Slice(5, "1.2.3")], []])
        {
            using var reply = await client.PutAsync("/session/", MonaiServer.Form("{}", [.. files.Select(file => ("files", "a", file))]));
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        }
    }

    private static byte[] Slice(int k, string series)
    {
        DicomDataset slice = [];
        slice.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
        slice.Add(DicomTag.SOPInstanceUID, DicomUID.FromName($"slice {k} {series}"));
        slice.Add(DicomTag.Modality, "CT");
        slice.Add(DicomTag.SeriesInstanceUID, series);
        slice.Add(DicomTag.ImagePositionPatient, 1.0, 2.0, 1.5 * k);
        slice.Add(DicomTag.ImageOrientationPatient, 1.0, 0, 0, 0, 1, 0);
        slice.Add(DicomTag.SamplesPerPixel, 1);
        slice.Add(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        slice.Add(DicomTag.Rows, 5);
        slice.Add(DicomTag.Columns, 6);
        slice.Add(DicomTag.PixelSpacing, 0.5, 0.5);
        slice.Add(DicomTag.BitsAllocated, 16);
        slice.Add(DicomTag.BitsStored, 16);
        slice.Add(DicomTag.HighBit, 15);
        slice.Add(DicomTag.PixelRepresentation, 1);
        slice.Add(DicomTag.RescaleIntercept, -1024.0);
        slice.Add(DicomTag.RescaleSlope, 1.0);
        var pixels = new byte[2 * 5 * 6];
        for (var n = 0; n < pixels.Length; n += 2)
        {
            pixels[n] = (byte)k;
        }

        slice.Add(new DicomElement(DicomTag.PixelData, DicomVR.OW, new MemoryByteBuffer(pixels)));
        using var file = new MemoryStream();
        new DicomFile(slice).Save(file);
        return file.ToArray();
    }
}
