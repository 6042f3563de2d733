using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SegBridge.Imaging.Dicom.Web;

namespace SegBridge.Tests.Archives;

/// <summary>
/// A real Orthanc with its DICOMweb plugin (Debian: orthanc, orthanc-dicomweb) on a free port, with users on, for as long as
/// the tests of a class take. The service that the package may bring is none of its business.
/// </summary>
public sealed class OrthancArchive : IAsyncLifetime
{
    public const string User = "reader";
    public const string Password = "zebra-password";

    /// <summary>Description of series of which this archive takes no structure set.</summary>
    public const string RefusedStructures = "zebra crossing";

    private const string Plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
    private static readonly string? Program = ((string[])["/usr/sbin/Orthanc", "/usr/bin/Orthanc"]).FirstOrDefault(File.Exists);
    private static readonly TimeSpan StartWithin = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("segbridge-orthanc-");
    private Process? _process;

    /// <summary>Why there is none on this machine, or null.</summary>
    public static string? ReasonToSkip { get; } = Program is null || !File.Exists(Plugin) ? "needs Orthanc with DICOMweb (Debian: orthanc, orthanc-dicomweb)"
        : SarcomaFolder is null ? "needs the data sets (SEGBRIDGE_TEST_DATA)"
        : null;

    /// <summary>A CT series of 52 slices and its structure set, or null where the data sets are absent.</summary>
    public static string? SarcomaFolder
    {
        get
        {
            var data = Environment.GetEnvironmentVariable("SEGBRIDGE_TEST_DATA") ?? Path.Combine(Repository(), "..", "shared", "data");
            var folder = Path.GetFullPath(Path.Combine(data, "dicom", "ct_series_sts_026"));
            return Directory.Exists(folder) ? folder : null;
        }
    }

    public int Port { get; } = FreePort();

    public DicomWebArchive Archive => ArchiveAt(Port);

    /// <summary>The same archive through another port.</summary>
    public static DicomWebArchive ArchiveAt(int port) => new()
    {
        Url = new Uri($"http://127.0.0.1:{port}/dicom-web/"),
        Credentials = DicomWebCredentials.Basic(User, Password),
        FirstPause = TimeSpan.FromMilliseconds(20),
        Attempts = 2,
    };

    public async Task InitializeAsync()
    {
        if (ReasonToSkip is not null)
        {
            return;
        }

        var settings = Path.Combine(_folder.FullName, "orthanc.json");
        var filter = Path.Combine(_folder.FullName, "filter.lua");
        // One that the filter turns away is called stored by this archive; one that breaks the filter is not.
        await File.WriteAllTextAsync(filter, $$"""
            function ReceivedInstanceFilter(dicom, origin, info)
                if dicom.Modality == 'RTSTRUCT' and dicom.SeriesDescription == '{{RefusedStructures}}' then
                    error('refused')
                end
                return true
            end
            """);
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Name"] = "tests",
            ["StorageDirectory"] = _folder.FullName,
            ["IndexDirectory"] = _folder.FullName,
            ["Plugins"] = new[] { Plugin },
            ["LuaScripts"] = new[] { filter },
            ["HttpPort"] = Port,
            ["DicomServerEnabled"] = false,
            ["RemoteAccessAllowed"] = false,
            ["AuthenticationEnabled"] = true,
            ["RegisteredUsers"] = new Dictionary<string, string> { [User] = Password },
            ["DicomWeb"] = new Dictionary<string, object> { ["Enable"] = true, ["Root"] = "/dicom-web/" },
        }));
        _process = Process.Start(new ProcessStartInfo(Program!, [settings]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var client = new DicomWebClient(Archive with { Attempts = 1 });
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await client.SearchStudiesAsync(DicomWebQuery.All, CancellationToken.None);
                return;
            }
            catch (DicomWebException) when (!_process.HasExited && Stopwatch.GetElapsedTime(start) < StartWithin)
            {
                await Task.Delay(100);
            }
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Stores the sarcoma series and its structure set; again where they are already, which changes nothing.</summary>
    public async Task<(string Study, string Series)> StoreSarcomaAsync()
    {
        using var client = new DicomWebClient(Archive);
        var files = Directory.GetFiles(SarcomaFolder!, "*", SearchOption.AllDirectories);
        var result = await client.StoreAsync([.. files.Select(StoreObject.OfFile)], null, CancellationToken.None);
        Assert.Equal((files.Length, 0), (result.Stored.Count, result.Failed.Count));
        var image = Imaging.Dicom.DicomFolder.Read(Path.Combine(SarcomaFolder!, "image")).Series()[0];
        return (image.StudyInstanceUID, image.SeriesInstanceUID);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Repository([CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetDirectoryName(thisFile)!;
        while (!File.Exists(Path.Combine(folder, "SegBridge.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}

/// <summary>A test that is skipped, with the reason, where there is no Orthanc.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OrthancFactAttribute : FactAttribute
{
    public OrthancFactAttribute() => Skip = OrthancArchive.ReasonToSkip;
}
