using System.IO.Compression;
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
    public async Task A_label_that_cannot_be_written_leaves_the_one_before()
    {
        var store = Path.Combine(_folder, "store");
        await using var server = await TestServer.StartAsync(MonaiServer.Options with { Monai = new MonaiSettings { Folder = store } });
        using var client = MonaiServer.ClientOf(server);
        async Task<HttpStatusCode> PutAsync(string name, byte content)
        {
            using var reply = await client.PutAsync("/datastore/label?image=scan", MonaiServer.Form(null, ("label", name, [content])));
            return reply.StatusCode;
        }

        async Task<byte[]> LabelAsync() => await client.GetByteArrayAsync("/datastore/label?label=scan&tag=final");
        await MonaiServer.JsonOf(await client.PutAsync("/datastore/?image=scan", MonaiServer.Form(null, ("file", "a.nii.gz", MonaiServer.Image))));
        Assert.Equal(HttpStatusCode.OK, await PutAsync("a.nrrd", 1));

        // Stands for a full disk: what the file is called until it is whole is taken.
        var taken = Directory.CreateDirectory(Path.Combine(store, "labels", "final", "scan.nii.gz.part"));
        Assert.Equal(HttpStatusCode.InsufficientStorage, await PutAsync("a.nii.gz", 2));
        Assert.Equal([1], await LabelAsync());

        taken.Delete();
        Assert.Equal(HttpStatusCode.OK, await PutAsync("a.nii.gz", 3));
        Assert.Equal([3], await LabelAsync());
        Assert.Equal("scan.nii.gz", Assert.Single(Directory.GetFileSystemEntries(Path.Combine(store, "labels", "final")).Select(Path.GetFileName)));
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

        await MonaiServer.JsonOf(await client.PutAsync("/datastore/label?image=one", MonaiServer.Form("""{"label_info": [{"name": "liver", "idx": 1}]}""", ("label", "x.nii.gz", [7]))));
        Assert.Equal("two", (string)(await MonaiServer.JsonOf(await client.PostAsync("/activelearning/random", null)))["id"]!);
        var train = JsonNode.Parse(await client.GetStringAsync("/datastore/?output=train"))!.AsArray();
        Assert.Equal("one", (string)train.Single()!["image"]!);
        // The module for reviewers writes its verdict beside what the label came with, by a form without files.
        using var verdict = new FormUrlEncodedContent([new("params", """{"segmentationMeta": {"status": "approved"}}""")]);
        await MonaiServer.JsonOf(await client.PutAsync("/datastore/updatelabelinfo?label=one&tag=final", verdict));
        await MonaiServer.JsonOf(await client.PutAsync("/datastore/label/info?label=one&tag=final", MonaiServer.Form(null, [])));
        var info = (await MonaiServer.JsonOf(await client.GetAsync("/datastore/?output=all")))["objects"]!["one"]!["labels"]!["final"]!["info"]!;
        Assert.Equal(("approved", "liver", "one.nii.gz"), ((string)info["segmentationMeta"]!["status"]!, (string)info["label_info"]![0]!["name"]!, (string)info["name"]!));
        using var flood = new FormUrlEncodedContent([new("params", $$"""{"comment": "{{new string('x', 600_000)}}"}""")]);
        Assert.Equal(HttpStatusCode.OK, (await client.PutAsync("/datastore/updatelabelinfo?label=one&tag=final", flood)).StatusCode);
        using var more = new FormUrlEncodedContent([new("params", $$"""{"note": "{{new string('x', 600_000)}}"}""")]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.PutAsync("/datastore/updatelabelinfo?label=one&tag=final", more)).StatusCode);
        await MonaiServer.JsonOf(await client.DeleteAsync("/datastore/label?id=one&tag=final"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/datastore/label?label=one&tag=final")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PutAsync("/datastore/label?image=three", MonaiServer.Form(null, ("label", "x.nrrd", [7])))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutAsync("/datastore/?image=bad", MonaiServer.Form(null, ("file", "a.nii.gz", [1, 2, 3])))).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("store")]
    public async Task What_is_finished_can_be_had_as_one_archive(string? folder)
    {
        await using var server = await TestServer.StartAsync(MonaiServer.Options with { Monai = new MonaiSettings { Folder = folder is null ? null : Path.Combine(_folder, folder) } });
        using var client = MonaiServer.ClientOf(server);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/datastore/dataset")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/datastore/dataset?limit_cases=few")).StatusCode);
        foreach (var id in (string[])["CT 1", "CT_1", "open"])
        {
            await MonaiServer.JsonOf(await client.PutAsync($"/datastore/?image={Uri.EscapeDataString(id)}", MonaiServer.Form(null, ("file", "a.nii.gz", MonaiServer.Image))));
            await MonaiServer.JsonOf(await client.PutAsync($"/datastore/label?image={Uri.EscapeDataString(id)}&tag={(id == "open" ? "draft" : "final")}", MonaiServer.Form(null, ("label", "b.nrrd", [1, 2, (byte)id[2]]))));
        }

        using var reply = await client.GetAsync("/datastore/dataset");
        Assert.Equal(("application/zip", "dataset.zip"), (reply.Content.Headers.ContentType!.MediaType, reply.Content.Headers.ContentDisposition!.FileName!.Trim('"')));
        using var archive = new ZipArchive(await reply.Content.ReadAsStreamAsync());
        Assert.Equal(["image/CT%201.nii.gz", "label/CT%201.nrrd", "image/CT_1.nii.gz", "label/CT_1.nrrd", "metadata.json"], archive.Entries.Select(entry => entry.FullName));
        Assert.Equal(MonaiServer.Image, BytesOf(archive.GetEntry("image/CT_1.nii.gz")!));
        Assert.Equal([1, 2, (byte)'_'], BytesOf(archive.GetEntry("label/CT_1.nrrd")!));
        Assert.True(JsonNode.Parse(BytesOf(archive.GetEntry("metadata.json")!))!["objects"]!.AsObject().ContainsKey("open"));
        using var one = new ZipArchive(await client.GetStreamAsync("/datastore/dataset?limit_cases=1"));
        Assert.Equal(3, one.Entries.Count);
    }

    // Whoever is root may write nearly everywhere: not there.
    [Theory]
    [InlineData("no/such/parent", "no folder")]
    [InlineData("file", "it is a file")]
    [InlineData("/sys/kernel", "")]
    public async Task A_folder_that_cannot_be_used_stops_the_start_and_says_why(string folder, string words)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "");
        var path = Path.Combine(_folder, folder);
        var error = await Assert.ThrowsAsync<ServerConfigurationException>(
            () => ServerHost.StartAsync(MonaiServer.Options with { Monai = new MonaiSettings { Folder = path } }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
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

    private static byte[] BytesOf(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
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
