using Hutch.Catalog.Zone;

namespace Hutch.Zone.OpenId;

// Logins under way are rows of the zone: they come back to whatever server there is, also after a restart.
public sealed partial class OidcLogins
{
    private ValueTask<bool> RememberAsync(PendingLogin login, CancellationToken ct) => _zone.KeepAsync(
        tables =>
        {
            tables.PendingLogins.Add(login, _options.MaxLoginsUnderWay);
            return true;
        },
        ct);

    private async ValueTask<Login?> TakeLoginAsync(string key, CancellationToken ct) =>
        await _zone.KeepAsync(tables => tables.PendingLogins.Take(Login.Kind, key), ct) is { } taken
            && _providers.TryGetValue(taken.Provider, out OidcProvider? provider)
            ? Login.From(taken, provider)
            : null;

    private async ValueTask<DeviceLogin?> FindDeviceAsync(string key, CancellationToken ct) =>
        await _zone.ReadAsync(tables => tables.PendingLogins.Find(DeviceLogin.Kind, key), ct) is { } found
            && _providers.TryGetValue(found.Provider, out OidcProvider? provider)
            ? DeviceLogin.From(found, provider)
            : null;

    private sealed record Login(OidcProvider Provider, string Redirect, string ReturnPath, string Binding, string Nonce, string Verifier)
    {
        public const string Kind = "browser";

        public static Login From(PendingLogin login, OidcProvider provider) => new(
            provider, login.Facts["redirect"], login.Facts["returnPath"], login.Facts["binding"], login.Facts["nonce"],
            login.Facts["verifier"]);

        public PendingLogin ToPending(string name, DateTimeOffset end) => new(
            name, Kind, Provider.Options.Id,
            new Dictionary<string, string>
            {
                ["redirect"] = Redirect,
                ["returnPath"] = ReturnPath,
                ["binding"] = Binding,
                ["nonce"] = Nonce,
                ["verifier"] = Verifier,
            },
            0, end);
    }

    /// <summary>A login of the command line. Its provider is polled no faster than it allows, over all servers.</summary>
    private sealed record DeviceLogin(OidcProvider Provider, string DeviceCode)
    {
        public const string Kind = "device";

        public static DeviceLogin From(PendingLogin login, OidcProvider provider) => new(provider, login.Facts["deviceCode"]);

        public PendingLogin ToPending(string name, int intervalSeconds, DateTimeOffset end) => new(
            name, Kind, Provider.Options.Id, new Dictionary<string, string> { ["deviceCode"] = DeviceCode }, intervalSeconds, end);
    }
}
