using System.Net;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Tests.Support;
using SegBridge.Server.Web;

namespace SegBridge.Server.Tests.Web;

/// <summary>Which of its paths the server gives to a page of another origin: the files of its own page, to be read, and nothing else.</summary>
public sealed class PageOriginTests
{
    private const string Foreign = "http://rebound.example";

    [Fact]
    public void Files_of_the_page_are_read_and_not_written()
    {
        foreach (var path in PageFiles.All.Keys)
        {
            Assert.True(Page.IsFile(Request(HttpMethods.Get, "/" + path)), path);
            Assert.True(Page.IsFile(Request(HttpMethods.Head, "/" + path)), path);
            Assert.False(Page.IsFile(Request(HttpMethods.Post, "/" + path)), path);
            Assert.False(Page.IsFile(Request(HttpMethods.Options, "/" + path)), path);
            Assert.False(Page.IsFile(Request(HttpMethods.Get, "/" + path + "/")), path);
            Assert.False(Page.IsFile(Request(HttpMethods.Get, "//" + path)), path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/assets/")]
    [InlineData("/assets/main.js")]
    [InlineData("/samples/phantom.nii.gz")]
    [InlineData("/segbridge.v1.Models/ListModels")]
    [InlineData("/assets/../segbridge.v1.Models/ListModels")]
    public void Other_paths_are_no_file_of_the_page(string path) => Assert.False(Page.IsFile(Request(HttpMethods.Get, path)));

    [Fact]
    public async Task A_page_of_another_origin_gets_the_files_of_the_page_and_no_leave_to_read_them_and_neither_calls_nor_samples()
    {
        var samples = new Dictionary<string, Func<byte[]>> { ["one.nii.gz"] = () => [1, 2, 3] };
        await using var server = await TestServer.StartAsync(TestServer.Options with { Samples = samples });
        using var client = server.NewWebClient();
        foreach (var path in PageFiles.All.Keys.Where(path => path != "index.html"))
        {
            using var file = await client.SendAsync(From(Foreign, HttpMethod.Get, "/" + path));
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.False(file.Headers.Contains("Access-Control-Allow-Origin"));
            using var written = await client.SendAsync(From(Foreign, HttpMethod.Post, "/" + path));
            Assert.Equal(HttpStatusCode.Forbidden, written.StatusCode);
        }

        foreach (var path in new[] { "/", "/samples/one.nii.gz", "/health/live", "/segbridge.v1.Models/ListModels" })
        {
            using var refused = await client.SendAsync(From(Foreign, HttpMethod.Get, path));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            using var own = await client.SendAsync(From(server.Running.Http.ToString().TrimEnd('/'), HttpMethod.Get, path));
            Assert.NotEqual(HttpStatusCode.Forbidden, own.StatusCode);
        }
    }

    private static HttpRequest Request(string method, string path)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path) = (method, new PathString(path));
        return request;
    }

    private static HttpRequestMessage From(string origin, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        return request;
    }
}
