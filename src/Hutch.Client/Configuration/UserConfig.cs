using System.Text.Json.Serialization;

namespace Hutch.Client.Configuration;

/// <summary>
/// The user's own configuration, <c>$XDG_CONFIG_HOME/hutch/config</c> (or <c>~/.config/hutch/config</c>): the servers the user is logged
/// in to and a token for each. Only its owner can read it (0600).
/// </summary>
public sealed record UserConfig
{
    public string? Default { get; init; }

    /// <summary>The known servers, by <see cref="RemoteAddress.Key"/>.</summary>
    public SortedDictionary<string, RemoteConfig> Remotes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The tokens of share links by which clones were made, by the id of the dataset; null before the first.</summary>
    public SortedDictionary<string, string>? Links { get; init; }

    public static string DefaultPath(Func<string, string?> environment) =>
        Path.Combine(UserFolders.Find(environment, "XDG_CONFIG_HOME", ".config"), "config");

    /// <summary>Reads the file; a missing one is empty.</summary>
    public static UserConfig Load(string path)
    {
        if (SmallFile.TryRead(path) is not { } bytes)
        {
            return new UserConfig();
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, UserConfigJson.Default.UserConfig) ?? new UserConfig();
        }
        catch (JsonException e)
        {
            throw ErrorCode.BadRequest.With(
                $"The configuration {Display.Quote(path)} is damaged (line {e.LineNumber + 1}); correct it, "
                + "or delete it and log in again.").ToException();
        }
    }

    /// <summary>Replaces it at once, readable by its owner only.</summary>
    public void Save(string path)
    {
        SmallFile.MakePrivateFolder(Path.GetDirectoryName(path)!);
        SmallFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, UserConfigJson.Default.UserConfig), SmallFile.OwnerOnly);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserConfig))]
internal sealed partial class UserConfigJson : JsonSerializerContext;

public sealed record RemoteConfig
{
    public string? Token { get; init; }

    /// <summary>The id of the zone whose tokens are meant for this address; null while none that names its zone was sent there.</summary>
    public string? Zone { get; init; }

    /// <summary>A PEM file with the authority that vouches for the server; null for those that this machine knows.</summary>
    public string? Ca { get; init; }

    /// <summary>The SHA-256 of the server's own certificate, which is trusted; null for none.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>For a site: the zone that exchanged its own token for this one, and renews it; null for a login by hand.</summary>
    public string? LoginOf { get; init; }

    /// <summary>The name of the site of an exchanged token, as its zone says it.</summary>
    public string? Site { get; init; }

    /// <summary>The end of an exchanged token.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Certificates to trust there; null for the authorities that this machine knows.</summary>
    [JsonIgnore]
    public ServerTrust? Trust => Ca is null && Fingerprint is null ? null : new ServerTrust(Ca, Fingerprint);

    /// <summary>True if its token can be exchanged for those of the zone's sites.</summary>
    [JsonIgnore]
    public bool IsZoneLogin => Token is not null && LoginOf is null;
}
