using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Hutch.Api.Tests.OpenId;

/// <summary>A real OpenID provider (npm oidc-provider, tests/oidc-provider) on a free port, and the browser of somebody who uses it.</summary>
internal sealed partial class RealProvider : IAsyncDisposable
{
    /// <summary>Under which address the provider knows the server: registered before the server has a port.</summary>
    public const string Portal = "http://hutch.test";

    private readonly Process _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    private RealProvider(Process process, string issuer)
    {
        _process = process;
        Issuer = issuer;
    }

    public string Issuer { get; }

    public static async Task<RealProvider> StartAsync(string algorithm)
    {
        var start = new ProcessStartInfo("node", [Script(), Portal + "/api/v1/login/oidc/callback", algorithm])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        string? issuer = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.False(issuer is null, "The provider did not start: are its packages installed (./run test does it)?");
        return new RealProvider(process, issuer);
    }

    /// <summary>Follows an address of the provider until it sends the browser elsewhere: where to; null when it ends with a page.</summary>
    public async Task<(Uri? Elsewhere, string Page)> BrowseAsync(Uri address)
    {
        HttpResponseMessage response = await _http.GetAsync(address, TestContext.Current.CancellationToken);
        for (int step = 0; step < 20; step++)
        {
            using (response)
            {
                if (response.StatusCode is not (HttpStatusCode.Redirect or HttpStatusCode.SeeOther))
                {
                    return (null, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                }

                address = new Uri(address, response.Headers.Location!);
            }

            if (address.GetLeftPart(UriPartial.Authority) != Issuer)
            {
                return (address, "");
            }

            response = await _http.GetAsync(address, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("The provider sends the browser round in circles.");
    }

    /// <summary>Sends the one form of a page, as its button does, and follows.</summary>
    public async Task<string> SubmitAsync(Uri page, string html, params (string Name, string Value)[] more)
    {
        var fields = new List<KeyValuePair<string, string>>(
            HiddenField().Matches(html).Select(match => KeyValuePair.Create(match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value))));
        fields.AddRange(more.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var target = new Uri(page, WebUtility.HtmlDecode(FormAction().Match(html).Groups[1].Value));
        using var content = new FormUrlEncodedContent(fields);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using HttpResponseMessage response = await _http.PostAsync(target, content, TestContext.Current.CancellationToken);
        return response.Headers.Location is { } next
            ? (await BrowseAsync(new Uri(target, next))).Page
            : await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static string Script([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../oidc-provider/provider.mjs"));

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)"/?>""")]
    private static partial Regex HiddenField();

    [GeneratedRegex("<form[^>]* action=\"([^\"]+)\"")]
    private static partial Regex FormAction();
}
