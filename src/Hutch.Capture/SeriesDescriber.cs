namespace Hutch.Capture;

/// <summary>
/// Sets the type, title and metadata of a dataset from the header of its series. Never overwrites values of users. A series
/// does not depend on them: a refusal is only reported.
/// </summary>
internal static class SeriesDescriber
{
    /// <summary>The number of attempts to merge the metadata when others change them at the same time.</summary>
    private const int Attempts = 5;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Sets the values that are not set.</summary>
    public static async Task<IReadOnlyList<string>> DescribeAsync(
        HutchClient client, DatasetId dataset, SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken)
    {
        var set = new List<string>();
        var existing = new List<string>();
        var report = new List<string>();
        await TryAsync("metadata", async () =>
        {
            int fields = await AddFieldsAsync(client, dataset, series, before, existing, cancellationToken);
            if (fields > 0)
            {
                set.Add(fields == 1 ? "1 metadata field" : $"{fields} metadata fields");
            }
        });
        await TryAsync("type and title", async () =>
        {
            DatasetInfo now = await client.GetDatasetAsync(dataset, cancellationToken);
            string? type = series.TypeInsteadOf(now.Type, before);
            string? title = series.TitleInsteadOf(now.Title, before);
            if (type is not null || title is not null)
            {
                await client.PatchDatasetAsync(dataset, new PatchDataset { Type = type, Title = title }, cancellationToken);
                set.InsertRange(0, new[] { type is null ? null : $"type {type}", title is null ? null : "title" }.OfType<string>());
            }
        });
        if (set.Count > 0)
        {
            report.Insert(0, $"Set from the header: {string.Join(", ", set)}.");
        }

        if (existing.Count > 0)
        {
            report.Add($"The metadata say something else than the header, and stay: {string.Join(", ", existing)}.");
        }

        return report;

        async Task TryAsync(string what, Func<Task> action)
        {
            try
            {
                await action();
            }
            catch (HutchException e) when (e.Error.Code.Status is < 500 and not (401 or 429))
            {
                report.Add($"The {what} of the header could not be set: {e.Error.Message}");
            }
            catch (JsonException)
            {
                report.Add($"The {what} of the header could not be set: the metadata that are there have a field twice.");
            }
        }
    }

    private static async Task<int> AddFieldsAsync(
        HutchClient client, DatasetId dataset, SeriesMetadata series, SeriesMetadata? before, List<string> existing,
        CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            (string text, string version) = await client.GetMetadataAsync(dataset, cancellationToken);
            existing.Clear();
            JsonObject document = JsonNode.Parse(text, documentOptions: Strict)!.AsObject();
            int changed = series.MergeInto(document, before, existing);
            if (changed == 0)
            {
                return 0;
            }

            try
            {
                byte[] bytes = Encoding.UTF8.GetBytes(document.ToJsonString(Readable));
                await client.PutMetadataAsync(dataset, bytes, version, cancellationToken);
                return changed;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.PreconditionFailed && attempt < Attempts)
            {
                // A user changed the metadata during this time: these changes stay, too.
            }
        }
    }
}
