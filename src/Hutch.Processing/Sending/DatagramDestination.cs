using System.Text;
using Hutch.Messaging.Datagrams;
using Hutch.Processing.Runs;

namespace Hutch.Processing.Sending;

/// <summary>
/// Sends a datagram <c>PIA:DCID:IMAGE:N_SPOTS_TOTAL:N_SPOTS_NO_ICE:ESTIMATED_D_MIN:TOTAL_INTENSITY</c> for each row of a spot finding, as
/// Diamond's bridge from Zocalo to its acquisition system GDA does. A dataset without the number of a data collection has none.
/// </summary>
internal sealed class DatagramDestination(ActiveRun run, string slug, RunInputs inputs, DatagramSender sender) : IRowDestination
{
    public const string Key = ".datagrams";

    private const int MaxHeaderBytes = 4 << 20;

    private static readonly string[] Fields = ["n_spots_total", "n_spots_no_ice", "estimated_d_min", "total_intensity"];

    private Task<long?>? _number;

    public string Name => Key;

    public async Task<int> SendAsync(IReadOnlyList<SiteResult> rows, CancellationToken ct)
    {
        long? collection = await (_number ??= FindNumberAsync(ct));
        foreach (SiteResult row in rows)
        {
            if (collection is long number && Datagram(number, row) is { } datagram)
            {
                await sender.SendAsync(datagram, ct);
            }
        }

        return rows.Count;
    }

    public Task<bool> EndAsync(long rows, CancellationToken ct) => Task.FromResult(true);

    public string Explain(long rows) => $"There were no datagrams for {rows} rows.";

    /// <summary>Returns the datagram of a row; null for a row without spot finding, or with an error.</summary>
    private static byte[]? Datagram(long collection, SiteResult row)
    {
        JsonElement values = JsonElement.Parse(row.Row);
        if (!values.TryGetProperty(Fields[0], out _))
        {
            return null;
        }

        string found = string.Join(':', Fields.Select(field => Number(values, field)));
        return Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"PIA:{collection}:{row.Frame}:{found}"));
    }

    private static string Number(JsonElement row, string field) =>
        row.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "0";

    /// <summary>
    /// Returns the number of the data collection: <c>dcid</c> of the detector's header, or a dataset's name that is a number.
    /// </summary>
    private async Task<long?> FindNumberAsync(CancellationToken ct)
    {
        Result<TreeView> view = await inputs.ResolveAsync(run.Input.Dataset, run.Input.Snapshot, ct);
        byte[]? header = null;
        if (view.IsOk)
        {
            (await inputs.ReadFileAsync(view.Value, "header", MaxHeaderBytes, ct)).TryGet(out header, out _);
        }

        return Parse(header is null ? null : FindTopic(header)) ?? Parse(slug);
    }

    private static string? FindTopic(byte[] header)
    {
        try
        {
            JsonElement at = JsonElement.Parse(header);
            foreach (string name in (string[])["start", "user_data", "dcid"])
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }

            return at.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Digits alone: nothing in a name or a header may look like a further field.
    private static long? Parse(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
