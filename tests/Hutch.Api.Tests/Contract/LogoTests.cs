using Hutch.Api.Tests.Support;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Server;

namespace Hutch.Api.Tests.Contract;

/// <summary>The operator's logo on the pages of publications.</summary>
public sealed class LogoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-logo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_logo_is_sent_under_a_policy_that_lets_nothing_in_it_run()
    {
        string file = Write("logo.svg", "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8);
        await using TestServer server = await TestServer.StartAsync(logo: file);

        Answer logo = (await server.Nobody.GetAsync("/publications/logo")).Must(200);

        Assert.StartsWith("image/svg+xml", logo.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("nosniff", logo.Headers["X-Content-Type-Options"]);
        Assert.StartsWith("default-src 'none'", logo.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", logo.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), logo.Bytes);
    }

    [Fact]
    public async Task Without_a_logo_its_address_is_no_page()
    {
        await using TestServer server = await TestServer.StartAsync();

        Assert.Equal(404, (await server.Nobody.GetAsync("/publications/logo")).Status);
    }

    [Fact]
    public void A_file_that_is_missing_too_large_or_no_picture_is_refused_at_the_start()
    {
        foreach (string file in (string[])[Path.Combine(_folder, "none.png"), Write("page.html", "<html><script>"u8), Write("large.png", new byte[300_000])])
        {
            var refusal = Assert.Throws<HutchException>(() => StartChecks.RequireLogo(LocalDisk.Instance, file));
            Assert.Equal(ErrorCode.BadConfiguration, refusal.Error.Code);
            Assert.Contains("server.logo", refusal.Error.Message, StringComparison.Ordinal);
        }
    }

    private string Write(string name, ReadOnlySpan<byte> bytes)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
