using System.Net;
using Hutch.Api.Http;
using Hutch.Model;
using Microsoft.AspNetCore.Http;

namespace Hutch.Api.Tests.Security;

public sealed class ProxyHeadersTests
{
    [Theory]
    [InlineData("10.0.0.7", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.7", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.7", "203.0.113.9, 10.0.0.8", "203.0.113.9")]
    [InlineData("10.0.0.7", "nonsense, 10.0.0.8", "10.0.0.8")]
    [InlineData("10.0.0.7", "", "10.0.0.7")]
    [InlineData("::ffff:10.0.0.7", "2001:db8::1", "2001:db8::1")]
    [InlineData("192.0.2.1", "203.0.113.9", "192.0.2.1")]
    public async Task The_client_is_the_first_from_the_right_that_is_no_proxy_of_ours(string from, string header, string client)
    {
        HttpContext http = await SendAsync(from, header);
        Assert.Equal(IPAddress.Parse(client), http.Connection.RemoteIpAddress);
    }

    [Theory]
    [InlineData("10.0.0.7", "https", "hutch.example.org")]
    [InlineData("192.0.2.1", "http", "inside:8470")]
    public async Task Scheme_and_host_headers_are_accepted_only_from_a_proxy(string from, string scheme, string host)
    {
        HttpContext http = await SendAsync(from, "203.0.113.9");
        Assert.Equal(scheme, http.Request.Scheme);
        Assert.Equal(host, http.Request.Host.Value);
    }

    /// <summary>C11: a proxy may pass on the name that its client wrote, and a server with a public address needs none.</summary>
    [Fact]
    public async Task With_a_public_address_no_header_gives_the_server_another_name()
    {
        HttpContext http = await SendAsync("10.0.0.7", "203.0.113.9", takesHost: false);
        Assert.Equal(("https", "inside:8470"), (http.Request.Scheme, http.Request.Host.Value));
    }

    [Theory]
    [InlineData("/hutch/api/v1", "/api/v1")]
    [InlineData("/hutch", "/")]
    [InlineData("/api/v1", "/api/v1")]
    [InlineData("/hutches/x", "/hutches/x")]
    public async Task The_prefix_is_taken_off_where_it_is_and_kept_for_links(string path, string rest)
    {
        HttpContext http = await SendAsync("192.0.2.1", "", path, "/hutch/");
        Assert.Equal(rest, http.Request.Path.Value);
        Assert.Equal("/hutch", http.Request.PathBase.Value);
    }

    [Theory]
    [InlineData("proxy.example.org")]
    [InlineData("10.0.0.0/40")]
    public void A_proxy_that_is_no_address_is_refused(string text) => Assert.Throws<HutchException>(() => ProxyHeaders.Parse(text));

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a/../b")]
    [InlineData("/a//b")]
    public void A_prefix_that_is_no_path_is_refused(string prefix) => Assert.Throws<HutchException>(() => new ProxyHeaders([], prefix, takesHost: true));

    private static async Task<HttpContext> SendAsync(string from, string forwardedFor, string path = "/", string? prefix = null, bool takesHost = true)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(from);
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("inside:8470");
        http.Request.Path = path;
        http.Request.Headers["X-Forwarded-For"] = forwardedFor;
        http.Request.Headers["X-Forwarded-Proto"] = "https";
        http.Request.Headers["X-Forwarded-Host"] = "hutch.example.org";
        await new ProxyHeaders(["10.0.0.0/24"], prefix, takesHost).Wrap(_ => Task.CompletedTask)(http);
        return http;
    }
}
