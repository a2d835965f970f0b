using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hutch.Portal.Tests.Support;

/// <summary>Datasets with very many entries of the same content.</summary>
internal static class ManyEntries
{
    /// <summary>Pushes them in one commit; returns the dataset's id.</summary>
    public static async Task<string> PushAsync(PortalSite site, string token, string name, int count, Func<int, string>? nameOf = null)
    {
        nameOf ??= static i => $"frame-{i:0000000}.cbf";
        string id = await site.DatasetAsync(name, token, (nameOf(0), "the same"));
        string hash = Convert.ToHexStringLower(SHA256.HashData("the same"u8));
        JsonElement snapshot = await site.RequestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { }, token);
        JsonElement session = await site.RequestAsync(HttpMethod.Post, $"datasets/{id}/sessions", new { }, token);
        var lines = new StringBuilder($"{{\"base\":{snapshot.GetProperty("number").GetInt64()},\"changes\":{count - 1}}}\n");
        for (int i = 1; i < count; i++)
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"op\":\"put\",\"path\":\"{nameOf(i)}\",\"kind\":\"file\",\"hash\":\"{hash}\",\"size\":8}}\n");
        }

        await site.RequestAsync(HttpMethod.Post, $"sessions/{session.GetProperty("id").GetString()}/commit", new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson"), token);
        return id;
    }
}
