using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Objects;

/// <summary>The sizes of an object's parts as its entry keeps them: <c>3x8388608,17</c> is three of 8 MiB and one of 17 bytes.</summary>
internal static class PartLayout
{
    private const int MaxCharacters = 2000;
    private const int MaxParts = 10_000;

    /// <summary>The attribute for the sizes; null when they are too irregular to be kept.</summary>
    public static string? Write(IEnumerable<long> sizes)
    {
        var runs = new List<string>();
        int characters = 0;
        foreach ((long size, int count) in Runs(sizes))
        {
            string run = count == 1
                ? size.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{count}x{size}");
            characters += run.Length + 1;
            if (characters > MaxCharacters)
            {
                return null;
            }

            runs.Add(run);
        }

        return string.Join(',', runs);
    }

    /// <summary>
    /// Reads the sizes of the parts; empty for an object that was not uploaded in parts. Users can write any attribute through other doors:
    /// one that does not fit the object's size is ignored.
    /// </summary>
    public static IReadOnlyList<long> Read(string? attribute, long total)
    {
        var sizes = new List<long>();
        long left = total;
        foreach (string run in attribute?.Split(',') ?? [])
        {
            int times = run.IndexOf('x', StringComparison.Ordinal);
            int count = 1;
            if ((times >= 0 && !int.TryParse(run.AsSpan(0, times), NumberStyles.None, CultureInfo.InvariantCulture, out count))
                || !long.TryParse(run.AsSpan(times + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                || count > MaxParts - sizes.Count || size > left / Math.Max(1, count))
            {
                return [];
            }

            sizes.AddRange(Enumerable.Repeat(size, count));
            left -= count * size;
        }

        return left == 0 ? sizes : [];
    }

    public static (RangeKind Kind, long Offset, long Length) Find(string partNumber, Entry entry, long size, S3Request request)
    {
        if (!int.TryParse(partNumber, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) || wanted is < 1 or > 10_000)
        {
            throw S3ErrorCode.InvalidArgument.With("Part number must be an integer between 1 and 10000, inclusive.");
        }

        IReadOnlyList<long> sizes = Read(ObjectAttributes.Find(entry, ObjectAttributes.PartsName), size);
        if (sizes.Count > 0)
        {
            request.Http.Response.Headers["x-amz-mp-parts-count"] = sizes.Count.ToString(CultureInfo.InvariantCulture);
        }

        if (wanted > Math.Max(1, sizes.Count))
        {
            throw S3ErrorCode.InvalidPartNumber.With("The requested partnumber is not satisfiable.");
        }

        return sizes.Count == 0
            ? (size == 0 ? RangeKind.None : RangeKind.Range, 0, size)
            : (RangeKind.Range, sizes.Take(wanted - 1).Sum(), sizes[wanted - 1]);
    }

    private static IEnumerable<(long Size, int Count)> Runs(IEnumerable<long> sizes)
    {
        long last = -1;
        int count = 0;
        foreach (long size in sizes)
        {
            if (size == last)
            {
                count++;
                continue;
            }

            if (count > 0)
            {
                yield return (last, count);
            }

            (last, count) = (size, 1);
        }

        if (count > 0)
        {
            yield return (last, count);
        }
    }
}
