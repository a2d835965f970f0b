using System.Web;
using Hutch.Model;
using Hutch.Zone.Logins;

namespace Hutch.Zone.Tests.Accounts.OpenId;

/// <summary>A zone whose people log in with a provider in memory.</summary>
internal sealed class OidcScene(TestZone zone, FakeProvider provider) : IAsyncDisposable
{
    public const string Redirect = "https://hutch.example.org/api/v1/login/oidc/callback";

    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public TestZone Zone => zone;

    public FakeProvider Provider => provider;

    public Task<Result<StartedLogin>> TryBeginAsync(string? path) => zone.Services.OpenId.BeginAsync("facility", Redirect, path, From, Ct).AsTask();

    public async Task<StartedLogin> BeginAsync(string? path) => (await TryBeginAsync(path)).Value;

    public Task<Result<FinishedLogin>> FinishAsync(StartedLogin begun) => FinishAsync(begun, FakeProvider.Issuer);

    public Task<Result<FinishedLogin>> FinishAsync(StartedLogin begun, string? issuer = FakeProvider.Issuer, string? state = null, string? binding = null)
    {
        var query = HttpUtility.ParseQueryString(begun.Address.Query);
        provider.Nonce = query["nonce"];
        var returned = new ReturnedLogin(state ?? query["state"], "the-code", issuer, null, binding ?? begun.Binding.Reveal());
        return zone.Services.OpenId.FinishAsync(returned, From, Ct).AsTask();
    }

    public async Task<Result<FinishedLogin>> LogInAsync(string? path)
    {
        Result<StartedLogin> begun = await TryBeginAsync(path);
        return begun.IsOk ? await FinishAsync(begun.Value) : begun.Error;
    }

    public Task RestartAsync() => zone.ReopenAsync(zone.Options);

    public async ValueTask DisposeAsync()
    {
        await zone.DisposeAsync();
        provider.Dispose();
    }
}
