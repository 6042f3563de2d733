using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Keys;

namespace SegBridge.Cli.Tests.CommandLine;

public sealed class KeysTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string KeyFile => Path.Combine(_folder.FullName, "keys.txt");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_key_is_told_once_and_only_its_hash_is_kept()
    {
        var key = KeysCommand.AddTo(KeyFile, "anna");
        var text = File.ReadAllText(KeyFile);
        Assert.StartsWith("anna:", text, StringComparison.Ordinal);
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        Assert.True(key.Length >= 32);
    }

    [Fact]
    public void Each_key_takes_a_line_also_after_a_line_without_an_end()
    {
        File.WriteAllText(KeyFile, "# keys of the reading room");
        var (one, other) = (KeysCommand.AddTo(KeyFile, "anna"), KeysCommand.AddTo(KeyFile, "ben"));
        Assert.NotEqual(one, other);
        Assert.Equal(3, File.ReadAllLines(KeyFile).Length);
    }

    [Fact]
    public void A_name_is_given_once()
    {
        KeysCommand.AddTo(KeyFile, "anna");
        Assert.Contains("already", Assert.Throws<UserException>(() => KeysCommand.AddTo(KeyFile, "anna")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_with_blanks_is_wrong_usage() =>
        Assert.Equal(UserException.WrongUsage, Assert.Throws<UserException>(() => KeysCommand.AddTo(KeyFile, "an na")).ExitCode);

    [Fact]
    public void A_client_takes_the_first_line_of_its_file_and_refuses_the_file_of_hashes()
    {
        var mine = Path.Combine(_folder.FullName, "key");
        File.WriteAllText(mine, "\n# mine\n  s3cret-key  \n");
        Assert.Equal("s3cret-key", ServerChoice.KeyFrom(mine));
        KeysCommand.AddTo(KeyFile, "anna");
        Assert.Contains("hashes", Assert.Throws<UserException>(() => ServerChoice.KeyFrom(KeyFile)).Message, StringComparison.Ordinal);
    }
}
