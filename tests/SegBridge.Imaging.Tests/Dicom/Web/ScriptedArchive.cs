using System.Net;
using System.Text;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;

namespace SegBridge.Imaging.Tests.Dicom.Web;

/// <summary>An archive that answers as it is told, and remembers what it was asked.</summary>
internal sealed class ScriptedArchive(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public const string Boundary = "zebra";

    public List<(string Url, string? Credentials, string Accept)> Asked { get; } = [];

    public static DicomWebArchive Description { get; } = new()
    {
        Url = new Uri("https://pacs.example/dicom-web"),
        Credentials = DicomWebCredentials.Bearer("zebra-token"),
        FirstPause = TimeSpan.FromMilliseconds(1),
        Patience = TimeSpan.FromSeconds(30),
    };

    public DicomWebClient Client(DicomWebArchive? description = null) => new(description ?? Description, this);

    /// <summary>Answers the list of a series of instances, and everything else with <paramref name="others"/>.</summary>
    public static ScriptedArchive OfSeries(IEnumerable<DicomDataset> instances, Func<HttpRequestMessage, HttpResponseMessage> others)
    {
        var list = string.Join(',', instances.Select(one => $$$"""{"00080018":{"vr":"UI","Value":["{{{one.GetString(DicomTag.SOPInstanceUID)}}}"]}}"""));
        return new ScriptedArchive(request => request.RequestUri!.AbsolutePath.EndsWith("/instances", StringComparison.Ordinal) ? Json($"[{list}]") : others(request));
    }

    public static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) => new(status)
    {
        Content = new StringContent(text, Encoding.UTF8, "application/dicom+json"),
    };

    public static HttpResponseMessage Multipart(byte[] body, string type = $"multipart/related; type=application/dicom; boundary={Boundary}")
    {
        var response = new HttpResponseMessage { Content = new ByteArrayContent(body) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return response;
    }

    /// <summary>The body of an answer with these files.</summary>
    public static byte[] Body(params IEnumerable<byte[]> files) =>
    [
        .. files.SelectMany(file => Encoding.ASCII.GetBytes($"\r\n--{Boundary}\r\nContent-Type: application/dicom\r\n\r\n").Concat(file)),
        .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--"),
    ];

    public static byte[] Bytes(DicomDataset dataset)
    {
        using var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add((request.RequestUri!.AbsoluteUri, request.Headers.Authorization?.ToString(), string.Join(", ", request.Headers.NonValidated["Accept"])));
        return Task.FromResult(answer(request));
    }
}
