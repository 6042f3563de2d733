using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Sessions.Tests.Tasks;

public sealed class TaskStoreTests
{
    [Fact]
    public void Tasks_and_their_examples_survive_a_restart()
    {
        using var test = new TestTasks();
        var (task, examples) = test.Make(3);
        test.Store.Rename(task, "Leber", TestTasks.Anna);
        test.Store.RemoveExample(task, examples[1], TestTasks.Anna);

        var store = test.Reopen();

        Assert.Equal(new TaskInfo(task, "Leber", 2, true), Assert.Single(store.List(TestTasks.Anna)));
        Assert.Equal([examples[0], examples[2]], store.ExamplesOf(task));
        TestTasks.Same(TestTasks.Picture(2), store.Read(task, examples[2]));
        Assert.Null(store.Read(task, examples[1]));
        Assert.Contains(test.Log, line => line.Contains("rest on disk in " + test.Folder, StringComparison.Ordinal));
    }

    [Fact]
    public void Pictures_come_back_bit_for_bit_whatever_their_size()
    {
        using var test = new TestTasks();
        var task = test.Make(0).Task;
        ExamplePicture[] pictures = [TestTasks.Picture(1, 6, 12), TestTasks.Picture(2, 512, 64, windowed: false), TestTasks.Picture(3, 9, 512)];
        var added = test.Store.Add(task, pictures, TestTasks.Anna, default).Added;
        Assert.All(added.Zip(pictures), pair => TestTasks.Same(pair.Second, test.Store.Read(task, pair.First)));
    }

    [Fact]
    public void A_file_torn_or_spoilt_anywhere_costs_no_more_than_its_example()
    {
        using var test = new TestTasks();
        var (task, examples) = test.Make(2);
        var (hurt, sound) = (examples[0], examples[1]);
        foreach (var file in Directory.GetFiles(Path.Combine(test.Folder, task, hurt)))
        {
            var whole = File.ReadAllBytes(file);
            for (var at = 0; at < whole.Length; at += Math.Max(1, whole.Length / 20))
            {
                var spoilt = whole.ToArray();
                spoilt[at] ^= 0x55;
                foreach (var content in (byte[][])[whole[..at], spoilt])
                {
                    test.Log.Clear();
                    var store = test.Reopen(() => File.WriteAllBytes(file, content));
                    var read = store.Read(task, hurt);
                    if (read is null)
                    {
                        Assert.Equal([sound], store.ExamplesOf(task));
                        Assert.Contains(test.Log, line => line.Contains(hurt, StringComparison.Ordinal));
                    }

                    TestTasks.Same(TestTasks.Picture(1), store.Read(task, sound));
                    Assert.True(read is null || content.Length == whole.Length, $"{Path.GetFileName(file)} cut at {at} still reads");
                }
            }

            File.WriteAllBytes(file, whole);
        }

        TestTasks.Same(TestTasks.Picture(0), test.Reopen().Read(task, hurt));
    }

    [Fact]
    public void A_damaged_task_is_left_aside_and_named_while_others_go_on()
    {
        using var test = new TestTasks();
        var hurt = test.Make(1).Task;
        var (sound, examples) = test.Make(1);
        var file = Path.Combine(test.Folder, hurt, "task.json");
        var whole = File.ReadAllBytes(file);

        for (var length = 0; length < whole.Length; length++)
        {
            test.Log.Clear();
            var store = test.Reopen(() => File.WriteAllBytes(file, whole[..length]));
            Assert.Equal(sound, Assert.Single(store.List(TestTasks.Anna)).Id);
            TestTasks.Same(TestTasks.Picture(0), store.Read(sound, examples[0]));
            Assert.Contains(test.Log, line => line.Contains(hurt, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_a_killed_server_was_working_on_is_gone_at_the_next_start()
    {
        using var test = new TestTasks();
        var (task, examples) = test.Make(1);
        test.Reopen(() =>
        {
            var half = Path.Combine(test.Folder, ".work", "0123456789abcdef", examples[0]);
            Directory.CreateDirectory(half);
            File.WriteAllText(Path.Combine(half, "image.png"), "half");
        });
        Assert.All(test.Files, file => Assert.StartsWith(task, file, StringComparison.Ordinal));
        Assert.Equal(4, test.Files.Count());
    }

    [Fact]
    public void Only_the_servers_own_user_can_read_what_rests_on_disk()
    {
        using var test = new TestTasks();
        test.Make(1);
        var all = Directory.GetFileSystemEntries(test.Folder, "*", SearchOption.AllDirectories);
        Assert.True(all.Length > 6);
        foreach (var path in all.Append(test.Folder))
        {
            if (!OperatingSystem.IsWindows())
            {
                var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (Directory.Exists(path) ? UnixFileMode.UserExecute : 0);
                Assert.Equal(mode, File.GetUnixFileMode(path));
            }
        }
    }

    [Fact]
    public void A_folder_in_use_or_with_other_things_in_it_is_refused()
    {
        using var test = new TestTasks();
        Assert.Contains("another server", Assert.Throws<TaskFolderException>(() => new TaskStore(test.Options, TimeProvider.System, test)).Message, StringComparison.Ordinal);

        var other = Directory.CreateTempSubdirectory("segbridge-");
        File.WriteAllText(Path.Combine(other.FullName, "thesis.txt"), "mine");
        var options = test.Options with { Folder = other.FullName };
        Assert.Contains("other things", Assert.Throws<TaskFolderException>(() => new TaskStore(options, TimeProvider.System, test)).Message, StringComparison.Ordinal);
        Assert.Single(other.GetFileSystemInfos());
        other.Delete(recursive: true);
    }

    [Fact]
    public void Every_limit_is_kept_and_what_passes_it_leaves_nothing()
    {
        using var test = new TestTasks(options => options with { MaxTasks = 2, MaxExamplesPerTask = 3, MaxBytes = 6000 });
        var (task, _) = test.Make(2);
        var files = test.Files.ToArray();

        Assert.Contains("at most 3 examples", Assert.Throws<LimitExceededException>(() => test.Add(task, 2)).Message, StringComparison.Ordinal);
        Assert.Equal(files, test.Files);
        var large = TestTasks.Picture(1, 400, 400);
        Assert.Contains("bytes on disk", Assert.Throws<LimitExceededException>(() => test.Store.Add(task, [large], TestTasks.Anna, default)).Message, StringComparison.Ordinal);
        Assert.Equal(files, test.Files);
        test.Make(0);
        Assert.Contains("2 tasks", Assert.Throws<LimitExceededException>(() => test.Make(0)).Message, StringComparison.Ordinal);
        Assert.Equal(2, test.Reopen().List(TestTasks.Anna).Count);
        foreach (var name in (string[])["", new string('x', 101), "a\nb"])
        {
            Assert.Throws<InvalidRequestException>(() => test.Store.Rename(task, name, TestTasks.Anna));
        }
    }

    [Fact]
    public void Pictures_of_which_one_fails_add_none()
    {
        using var test = new TestTasks();
        var task = test.Make(0).Task;
        var files = test.Files.ToArray();
        var pictures = Enumerable.Range(0, 3).Select(n => n < 2 ? TestTasks.Picture(n) : throw new WrongStateException("bricks"));

        Assert.Throws<WrongStateException>(() => test.Store.Add(task, pictures, TestTasks.Anna, default));

        Assert.Equal(files, test.Files);
        Assert.Empty(test.Store.ExamplesOf(task));
    }

    [Fact]
    public void A_removed_task_leaves_no_file()
    {
        using var test = new TestTasks();
        var (task, examples) = test.Make(2);
        test.Store.Remove(task, TestTasks.Anna);
        Assert.Empty(test.Files);
        Assert.Throws<TaskNotFoundException>(() => test.Store.ExamplesOf(task));
        Assert.Null(test.Store.Read(task, examples[0]));
    }

    [Fact]
    public void Everybody_reads_and_only_the_owner_and_the_operator_change()
    {
        using var test = new TestTasks();
        var (task, examples) = test.Make(1);
        Action<TaskUser>[] changes =
        [
            user => test.Store.Rename(task, "mine", user), user => test.Store.Remove(task, user),
            user => test.Store.RemoveExample(task, examples[0], user), user => test.Store.Add(task, [TestTasks.Picture()], user, default),
        ];

        Assert.All(changes, change => Assert.Throws<TaskNotWritableException>(() => change(TestTasks.Ben)));
        Assert.False(Assert.Single(test.Store.List(TestTasks.Ben)).Writable);
        Assert.NotNull(test.Store.Read(task, examples[0]));
        Assert.True(test.Store.Rename(task, "ours", new TaskUser(TaskUser.Operator)).Writable);
        Assert.True(test.Store.Rename(task, "all", new TaskUser(null)).Writable);
        var free = test.Store.Create("free", new TaskUser(null)).Id;
        Assert.Equal("taken", test.Store.Rename(free, "taken", TestTasks.Ben).Name);
    }

    [Fact]
    public async Task Many_who_add_and_remove_at_once_leave_what_they_should()
    {
        using var test = new TestTasks();
        var task = test.Make(0).Task;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(user => Task.Run(() =>
        {
            for (var n = 0; n < 5; n++)
            {
                var added = test.Store.Add(task, [TestTasks.Picture(user), TestTasks.Picture(n)], TestTasks.Anna, default).Added;
                test.Store.RemoveExample(task, added[1], TestTasks.Anna);
                Assert.NotNull(test.Store.Read(task, added[0]));
            }
        })));

        var examples = test.Store.ExamplesOf(task);
        Assert.Equal(40, examples.Distinct().Count());
        Assert.Equal(examples, test.Reopen().ExamplesOf(task));
        Assert.Equal((40 * 3) + 1, test.Files.Count());
    }
}
