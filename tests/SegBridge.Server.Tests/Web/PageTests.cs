using System.Net;
using System.Net.Http.Headers;
using SegBridge.Server.Tests.Support;
using SegBridge.Server.Web;

namespace SegBridge.Server.Tests.Web;

/// <summary>The page for browsers. A build without npm's packages has none; then these tests have nothing to look at.</summary>
public sealed class PageTests
{
    private const string Policy = "Content-Security-Policy";

    [Fact]
    public async Task The_page_names_files_that_are_served_and_kept_for_good_while_the_page_itself_is_asked_for_again()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.NewWebClient();
        using var page = await client.GetAsync("/");
        Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var html = await page.Content.ReadAsStringAsync();
        foreach (var path in PageFiles.All.Keys.Where(path => path != "index.html"))
        {
            using var file = await client.GetAsync("/" + path);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", file.Headers.CacheControl!.ToString());
            if (path.StartsWith("assets/main-", StringComparison.Ordinal) || path.StartsWith("assets/style-", StringComparison.Ordinal))
            {
                Assert.Contains(path, html, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_policy_forbids_scripts_within_the_page_and_other_hosts()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.NewWebClient();
        using var page = await client.GetAsync("/");
        var policy = page.Headers.GetValues(Policy).Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self' 'wasm-unsafe-eval';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_browser_that_has_a_file_gets_no_second_copy_and_one_that_takes_Brotli_gets_the_same_bytes_smaller()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.NewWebClient();
        foreach (var path in PageFiles.All.Keys)
        {
            var address = path == "index.html" ? "/" : "/" + path;
            using var plain = await client.GetAsync(address);
            using var again = new HttpRequestMessage(HttpMethod.Get, address);
            again.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
            using var unchanged = await client.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

            using var smaller = new HttpRequestMessage(HttpMethod.Get, address);
            smaller.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
            using var packed = await client.SendAsync(smaller);
            Assert.Equal("br", packed.Content.Headers.ContentEncoding.Single());
            await using var unpacked = new System.IO.Compression.BrotliStream(await packed.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            await unpacked.CopyToAsync(bytes);
            Assert.Equal(await plain.Content.ReadAsByteArrayAsync(), bytes.ToArray());

            using var refusing = new HttpRequestMessage(HttpMethod.Get, address);
            refusing.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br", 0));
            using var unpackedByServer = await client.SendAsync(refusing);
            Assert.Empty(unpackedByServer.Content.Headers.ContentEncoding);
        }
    }

    [Fact]
    public async Task A_sample_is_made_once_when_it_is_first_asked_for()
    {
        var made = 0;
        byte[] Make()
        {
            made++;
            return [1, 2, 3];
        }

        await using var server = await TestServer.StartAsync(TestServer.Options with { Samples = new Dictionary<string, Func<byte[]>> { ["one.nii.gz"] = Make } });
        using var client = server.NewWebClient();
        Assert.Equal(0, made);
        Assert.Equal([1, 2, 3], await client.GetByteArrayAsync("/samples/one.nii.gz"));
        Assert.Equal([1, 2, 3], await client.GetByteArrayAsync("/samples/one.nii.gz"));
        Assert.Equal(1, made);
        using var missing = await client.GetAsync("/samples/two.nii.gz");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
