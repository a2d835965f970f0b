namespace Hutch.Formats.Tiff;

/// <summary>
/// Images of which only the first has a directory, as its description says: those of ImageJ, which writes large stacks so; of tifffile,
/// which marks them as truncated; of MetaMorph. Their numbers follow those of the first image without gaps. Other files of tifffile, and
/// some of ImageJ, have a directory for each image.
/// </summary>
/// <param name="Axes">The lengths of the axes before rows and columns.</param>
/// <param name="MayFollow">True if images may have no directories of their own.</param>
/// <param name="MayHaveDirectories">True if they may have some.</param>
internal sealed record TiffStack(long[] Axes, bool MayFollow, bool MayHaveDirectories)
{
    private const string ImageJ = "ImageJ=";
    private const string Scifio = "SCIFIO=";

    /// <summary>Reads the description of the first page; null for a page that is all of its series.</summary>
    public static TiffStack? Read(TiffDirectory directory, TiffPage page)
    {
        string description = directory.Text(TiffTag.Description) ?? "";
        if (description.StartsWith(ImageJ, StringComparison.Ordinal) || description.StartsWith(Scifio, StringComparison.Ordinal))
        {
            return OfImageJ(description, page) is { } axes ? new TiffStack(axes, MayFollow: true, MayHaveDirectories: true) : null;
        }

        return directory.Count(TiffTag.MetaMorphPlanes) is > 1 and < int.MaxValue and var planes
            ? new TiffStack([(long)planes], MayFollow: true, MayHaveDirectories: false)
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

    private static TiffStack? OfTifffile(string description, TiffPage page)
    {
        try
        {
            if (JsonNode.Parse(description) is not JsonObject { } said || said["shape"] is not JsonArray shape)
            {
                return null;
            }

            bool isTruncated = said["truncated"]?.GetValueKind() == JsonValueKind.True;
            long[] lengths = [.. shape.Select(static length => (long)length!)];
            long[] image = page.Samples == 1 ? [page.Rows, page.Columns]
                : page.IsPlanar ? [page.Samples, page.Rows, page.Columns] : [page.Rows, page.Columns, page.Samples];
            long[] rest = [.. lengths.SkipLast(image.Length).Where(static length => length != 1)];
            return lengths.AsSpan().EndsWith(image) && rest.Length > 0 && rest.All(static length => length > 1)
                ? new TiffStack(rest, isTruncated, !isTruncated)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
