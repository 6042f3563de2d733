using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom.Web;

namespace SegBridge.Cli.Tests.Dicom;

public sealed class ServedArchivesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("archives-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Archives_come_from_the_command_line_and_from_a_file_which_alone_has_credentials()
    {
        var archives = DicomWebArchiveFile.Read(FileOf("""
            {
              // the archive of the ward
              "pacs": {"url": "https://pacs.example/dicom-web", "user": "reader", "password": "zebra", "ca_file": "ca.pem", "read_only": true},
              "cloud": {"url": "https://cloud.example/v1/dicomWeb", "token": "zebra"},
            }
            """));

        Assert.Equal("Basic credentials", archives["pacs"].Credentials!.ToString());
        Assert.Equal(Path.Combine(_folder.FullName, "ca.pem"), archives["pacs"].CertificateAuthorityFile);
        Assert.Equal((true, false), (archives["pacs"].IsReadOnly, archives["cloud"].IsReadOnly));
        Assert.DoesNotContain("zebra", archives["cloud"].ToString(), StringComparison.Ordinal);
        Assert.Equal("Bearer credentials", DicomWebCredentials.Parse("Bearer zebra").ToString());
    }

    [Theory]
    [InlineData("""{"pacs": {"url": "https://pacs.example", "user": "zebra"}}""", "give user and password, or a token")]
    [InlineData("""{"pacs": {"url": "https://pacs.example", "token": "zebra", "user": "a", "password": "b"}}""", "give user and password, or a token")]
    [InlineData("""{"pacs": {"url": "https://zebra:secret@pacs.example"}}""", "must not hold credentials")]
    [InlineData("""{"pacs": {"url": "ftp://zebra"}}""", "must look like https://")]
    [InlineData("""{"pacs": {"url": "https://pacs.example", "pasword": "zebra"}}""", "line 1")]
    [InlineData("""{"a b": {"url": "https://pacs.example"}}""", "1..64 characters")]
    [InlineData("zebra", "line 1")]
    public void A_wrong_file_is_refused_without_quoting_it(string text, string message)
    {
        var wrong = Assert.Throws<DicomWebConfigurationException>(() => DicomWebArchiveFile.Read(FileOf(text)));
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve --archive pacs", "1..64 characters")]
    [InlineData("serve --archive pacs=nowhere", "must look like https://")]
    [InlineData("serve --archive a=https://x --archive a=https://y", "named twice")]
    [InlineData("dicomweb find --archive https://reader:zebra@pacs.example", "must not hold credentials")]
    public async Task A_wrong_archive_is_wrong_usage(string arguments, string message)
    {
        using var said = new StringWriter();
        var before = Console.Error;
        Console.SetError(said);
        try
        {
            Assert.Equal(UserException.WrongUsage, await CommandTree.RunAsync(arguments.Replace("serve", $"serve --models {_folder.FullName}", StringComparison.Ordinal).Split(' ')));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Contains(message, said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", said.ToString(), StringComparison.Ordinal);
    }

    private string FileOf(string text)
    {
        var path = Path.Combine(_folder.FullName, "archives.json");
        File.WriteAllText(path, text);
        return path;
    }
}
