namespace Hutch.Formats.Tiff;

/// <summary>
/// Images of which only the first has a directory, as its description says: those of ImageJ, which writes large stacks so; of tifffile,
/// which marks them as truncated; of MetaMorph. Their numbers follow those of the first image without gaps.
/// </summary>
internal static class TiffStack
{
    private const string ImageJ = "ImageJ=";
    private const string Scifio = "SCIFIO=";

    /// <summary>Returns the lengths of the axes before rows and columns; null for a page that is all of its series.</summary>
    /// <param name="mustFollow">True if the images have no directories of their own.</param>
    public static long[]? Axes(TiffDirectory directory, TiffPage page, out bool mustFollow)
    {
        string description = directory.Text(TiffTag.Description) ?? "";
        mustFollow = true;
        if (description.StartsWith(ImageJ, StringComparison.Ordinal) || description.StartsWith(Scifio, StringComparison.Ordinal))
        {
            mustFollow = false;
            return OfImageJ(description, page);
        }

        return directory.Count(TiffTag.MetaMorphPlanes) is > 1 and < int.MaxValue and var planes ? [(long)planes]
            : description.StartsWith('{') ? OfTifffile(description, page) : null;
    }

    private static long[]? OfImageJ(string description, TiffPage page)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in description.Split('\n'))
        {
            string[] pair = line.Split('=', 2);
            values.TryAdd(pair[0].Trim(), pair[^1].Trim());
        }

        long Number(string name) =>
            !values.TryGetValue(name, out string? text) ? 1
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        (long frames, long slices, long channels, long images) = (Number("frames"), Number("slices"), Number("channels"), Number("images"));
        if (frames < 1 || slices < 1 || channels < 1)
        {
            return null;
        }

        // The colours of a pixel may be counted as channels.
        channels = channels == page.Samples && page.Samples > 1 && images == frames * slices ? 1 : channels;
        long[] axes = values.GetValueOrDefault("order", "czt") switch
        {
            "ctz" => [slices, frames, channels],
            "zct" => [frames, channels, slices],
            "ztc" => [channels, frames, slices],
            "tcz" => [slices, channels, frames],
            "tzc" => [channels, slices, frames],
            _ => [frames, slices, channels],
        };
        axes = [.. axes.Where(static length => length > 1)];
        return axes.Length > 0 ? axes : images > 1 ? [images] : null;
    }

    private static long[]? OfTifffile(string description, TiffPage page)
    {
        try
        {
            if (JsonNode.Parse(description) is not JsonObject { } said || said["shape"] is not JsonArray shape
                || said["truncated"]?.GetValueKind() != JsonValueKind.True)
            {
                return null;
            }

            long[] lengths = [.. shape.Select(static length => (long)length!)];
            long[] image = page.Samples == 1 ? [page.Rows, page.Columns]
                : page.IsPlanar ? [page.Samples, page.Rows, page.Columns] : [page.Rows, page.Columns, page.Samples];
            long[] rest = [.. lengths.SkipLast(image.Length).Where(static length => length != 1)];
            return lengths.AsSpan().EndsWith(image) && rest.Length > 0 && rest.All(static length => length > 1) ? rest : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
