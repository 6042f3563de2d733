using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SegBridge.Imaging.Formats;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Sessions.Tests.Tasks;

public sealed class TaskArchiveTests
{
    private const string Kind = """{"Windowed":true}""";

    [Fact]
    public void A_task_comes_back_from_its_archive_with_new_ids_and_a_new_owner()
    {
        using var test = new TestTasks();
        var (task, examples) = test.Make(3);

        var copy = Import(test, Export(test, task), "", TestTasks.Ben);

        Assert.Equal(("liver", 3, true), (copy.Name, copy.Examples, copy.Writable));
        var copies = test.Reopen().ExamplesOf(copy.Id);
        Assert.Empty(copies.Intersect(examples));
        Assert.All(copies.Select((id, n) => (id, n)), example => TestTasks.Same(TestTasks.Picture(example.n), test.Store.Read(copy.Id, example.id)));
        Assert.Throws<TaskNotWritableException>(() => test.Store.Remove(copy.Id, TestTasks.Anna));
        Assert.Equal("other", Import(test, Export(test, task), "other", TestTasks.Ben).Name);
    }

    [Fact]
    public void An_archive_cut_anywhere_is_refused_and_leaves_nothing()
    {
        using var test = new TestTasks();
        var archive = Export(test, test.Make(2).Task);
        var files = test.Files.ToArray();
        for (var length = 0; length < archive.Length; length += 1 + (archive.Length / 200))
        {
            Refused(test, archive[..length]);
        }

        Assert.Equal(files, test.Files);
    }

    [Fact]
    public void A_spoilt_byte_never_does_more_than_refuse_or_change_the_name()
    {
        using var test = new TestTasks();
        var archive = Export(test, test.Make(1).Task);
        var random = new Random(4);
        for (var n = 0; n < 300; n++)
        {
            var spoilt = archive.ToArray();
            spoilt[random.Next(spoilt.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var taken = Import(test, spoilt);
                Assert.NotNull(test.Store.Read(taken.Id, Assert.Single(test.Store.ExamplesOf(taken.Id))));
            }
            catch (InvalidRequestException error)
            {
                Assert.Contains("data:", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("../evil.png")]
    [InlineData("/etc/passwd")]
    [InlineData("examples/0001/../../x")]
    [InlineData("examples/0001/IMAGE.PNG")]
    [InlineData("examples\\0001\\image.png")]
    [InlineData("examples/0001/image.png/x")]
    [InlineData("readme.txt")]
    public void Other_names_are_refused(string name)
    {
        using var test = new TestTasks();
        Refused(test, Zip([.. Good(), (name, [1, 2, 3])]));
        Assert.Empty(test.Files);
    }

    [Fact]
    public void Missing_double_and_too_many_files_are_refused()
    {
        using var test = new TestTasks(options => options with { MaxExamplesPerTask = 2 });
        var good = Good();
        Assert.Equal(1, Import(test, Zip(good)).Examples);
        for (var left = 0; left < good.Count; left++)
        {
            Refused(test, Zip([.. good.Where((_, n) => n != left)]));
        }

        Refused(test, Zip([.. good, good[1]]));
        Refused(test, Zip([.. good, good[0]]));
        Refused(test, Zip([.. good, .. Example("0002"), .. Example("0003")]));
        Refused(test, Zip([.. good, .. Enumerable.Range(0, 50).Select(n => ($"examples/{n:0000}/", Array.Empty<byte>()))]));
        Assert.Equal(2, Import(test, Zip([("examples/", []), ("examples/0001/", []), .. good, .. Example("0002")])).Examples);
    }

    [Fact]
    public void What_unpacks_to_too_much_is_refused_before_it_is_unpacked()
    {
        using var test = new TestTasks();
        var bomb = Zip([.. Good().Take(1), ("examples/0001/image.png", new byte[200 << 20]), .. Good().Skip(2)]);
        Assert.True(bomb.Length < 1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("unpacks to", Refused(test, bomb), StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 20 << 20);
        Refused(test, Zip([("task.json", new byte[100_000]), .. Good().Skip(1)]));
    }

    [Fact]
    public void Pictures_that_are_no_example_are_refused()
    {
        using var test = new TestTasks();
        Refused(test, Zip([.. Good(mask: Grey(12, 10, 0))]));
        Refused(test, Zip([.. Good(mask: Grey(11, 10, 255))]));
        Refused(test, Zip([.. Good(image: Grey(12, 10, 9))]));
        Refused(test, Zip([.. Good(image: Deep(600, 10), mask: Grey(600, 10, 255))]));
        Refused(test, Zip([.. Good(image: [1, 2, 3])]));
        Refused(test, Zip([.. Good(about: "{}")]));
        Refused(test, Zip([.. Good(about: "[[[[")]));
        Assert.Empty(test.Files);
    }

    [Fact]
    public void Nothing_but_pixels_gets_into_the_store()
    {
        using var test = new TestTasks();
        var image = Deep(12, 10);
        // A text chunk after the header, as programs write that know whose picture it is.
        byte[] chunk = [0, 0, 0, 11, .. "tEXtName\0Doe^Jo"u8, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(^4..), Crc32(chunk.AsSpan(4..^4)));
        byte[] named = [.. image[..33], .. chunk, .. image[33..]];

        Import(test, Zip([.. Good(image: named, about: """{"Windowed":true,"Patient":"Doe^Jo"}""")]));

        Assert.All(test.Files, file => Assert.DoesNotContain("Doe", Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(test.Folder, file))), StringComparison.Ordinal));
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        foreach (var value in data)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
            }
        }

        return ~sum;
    }

    private static byte[] Export(TestTasks test, string task)
    {
        using var file = test.Store.Export(task, default);
        var archive = new byte[file.Length];
        file.ReadExactly(archive);
        return archive;
    }

    private static TaskInfo Import(TestTasks test, byte[] archive, string name = "", TaskUser user = default)
    {
        using var uploads = new TaskUploads(test.Store, test.Options, TimeProvider.System);
        return uploads.Put("", name, archive, last: true, user, default).Task!;
    }

    private static string Refused(TestTasks test, byte[] archive) =>
        Assert.Throws<InvalidRequestException>(() => Import(test, archive)).Message;

    private static List<(string, byte[])> Good(byte[]? image = null, byte[]? mask = null, string about = Kind) =>
        [("task.json", """{"Name":"made by hand"}"""u8.ToArray()), .. Example("0001", image, mask, about)];

    private static IEnumerable<(string, byte[])> Example(string number, byte[]? image = null, byte[]? mask = null, string about = Kind) =>
    [
        ($"examples/{number}/image.png", image ?? Deep(12, 10)),
        ($"examples/{number}/mask.png", mask ?? Grey(12, 10, 255)),
        ($"examples/{number}/example.json", Encoding.UTF8.GetBytes(about)),
    ];

    private static byte[] Deep(int width, int height) => Png(file => PngFile.WriteGrey16(file, width, height, new ushort[width * height]));

    private static byte[] Grey(int width, int height, byte value) =>
        Png(file => PngFile.Write(file, width, height, Enumerable.Repeat(value, width * height).ToArray()));

    private static byte[] Png(Action<Stream> write)
    {
        using var file = new MemoryStream();
        write(file);
        return file.ToArray();
    }

    private static byte[] Zip(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return file.ToArray();
    }
}
