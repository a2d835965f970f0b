namespace Hutch.Formats.NxMx;

/// <summary>The axis about which the sample turns.</summary>
/// <param name="StartDegrees">Its angle at the first image.</param>
/// <param name="IncrementDegrees">The angle that an image covers; 0 for stills, null if the file does not say it.</param>
internal sealed record ScanAxis(string Name, double StartDegrees, double? IncrementDegrees)
{
    /// <summary>The largest step between images of an oscillation, if a file gives no width. A larger step is a screening.</summary>
    private const double LargestStepDegrees = 10;

    /// <summary>Goniometers turn less evenly than they are asked to.</summary>
    private const double Uneven = 0.1;

    /// <summary>The least that a jump differs from the increment, as part of it.</summary>
    private const double Jump = 0.9;

    private const double SmallestJumpDegrees = 1e-3;

    /// <summary>The sweeps, if there are several: the number of the first image of each, and its angle there.</summary>
    public IReadOnlyList<(int Image, double StartDegrees)> Sweeps { get; init; } = [];

    /// <summary>
    /// Follows the sample's chain of transformations to the first rotation that turns during an image, as dxtbx does; without one, takes
    /// the first rotation, which does not turn.
    /// </summary>
    public static ScanAxis? Find(SeriesDescription series) => Rotations(series) is [var first, ..] all
        ? all.Find(static axis => axis.IncrementDegrees != 0) ?? first
        : null;

    /// <summary>Makes an axis of the angles at which images begin.</summary>
    /// <param name="widths">The angles that they cover, one or as many; null if the file does not say them.</param>
    /// <param name="numbers">Their numbers, which may have gaps.</param>
    public static ScanAxis Of(string name, double[] starts, double[]? widths, IReadOnlyList<int> numbers)
    {
        double? increment = widths is not null ? WidthOf(widths) : StepOf(starts);
        return new ScanAxis(name, starts[0], increment) { Sweeps = increment is { } degrees ? FindSweeps(starts, degrees, numbers) : [] };
    }

    /// <summary>Returns the notes about an axis whose angles are not those of one sweep.</summary>
    public IEnumerable<string> Notes(string file)
    {
        if (IncrementDegrees is null)
        {
            yield return $"{file} does not say how far {Name} turns during an image: the oscillation is unknown.";
        }

        if (Sweeps.Count > 1)
        {
            const int Shown = 5;
            string starts = string.Join(", ", Sweeps.Take(Shown).Select(static sweep => string.Create(
                CultureInfo.InvariantCulture, $"{sweep.StartDegrees:0.####}° at image {sweep.Image}")));
            yield return $"{file} has {Sweeps.Count} sweeps: {Name} begins anew at {starts}{(Sweeps.Count > Shown ? " and so on." : ".")}";
        }
    }

    /// <summary>Returns the notes about the axes of a master.</summary>
    public static IEnumerable<string> NotesOf(SeriesDescription series)
    {
        foreach (NexusTransformation step in Chain(series).Where(static step => step.IsRotation))
        {
            string? unit = NexusTree.Text(step.Group[step.Name + "@units"]);
            if (HeaderUnit.Degree.Read(1, unit) is null)
            {
                yield return HeaderUnit.Unknown(step.Name, series.Master, unit);
            }
        }

        foreach (string note in Find(series)?.Notes(series.Master) ?? [])
        {
            yield return note;
        }
    }

    private static List<NexusTransformation> Chain(SeriesDescription series)
    {
        string sample = new NexusGroups(series.Nexus).Sample;
        string? last = NexusTree.Text(series.Nexus.At(sample + "/depends_on"));
        return NexusTransformation.Chain(series.Nexus, series.EntryPath, last, sample + "/transformations");
    }

    private static List<ScanAxis> Rotations(SeriesDescription series) =>
    [
        .. Chain(series).Where(static step => step.IsRotation).Select(step => Read(step.Group, step.Name, series)).OfType<ScanAxis>(),
    ];

    private static ScanAxis? Read(JsonObject group, string name, SeriesDescription series)
    {
        string? unit = NexusTree.Text(group[name + "@units"]);
        if (Numbers(group, name, unit) is not { } starts)
        {
            return null;
        }

        double[]? widths = Numbers(group, name + "_increment_set", unit)
            ?? (Numbers(group, name + "_end", unit) is { } ends && ends.Length == starts.Length
                ? [.. ends.Zip(starts, static (end, start) => end - start)]
                : null);
        int first = starts.Length == series.Images ? series.FirstImage : 1;
        return Of(name, starts, widths, [.. Enumerable.Range(first, starts.Length)]);
    }

    /// <summary>The width that images have; null if it differs.</summary>
    private static double? WidthOf(double[] widths)
    {
        double median = MedianOf(widths);
        double tolerance = Math.Max(Uneven * Math.Abs(median), SmallestJumpDegrees);
        return Array.TrueForAll(widths, width => Math.Abs(width - median) <= tolerance) ? median : null;
    }

    /// <summary>The step from image to image that most have: jumps between sweeps are few.</summary>
    private static double? StepOf(double[] starts)
    {
        if (starts.Length == 1)
        {
            return 0;
        }

        double[] steps = [.. starts.Skip(1).Zip(starts, static (next, start) => next - start)];
        double median = MedianOf(steps);
        double step = steps.Count(one => Math.Abs(one - median) <= Uneven * Math.Abs(median)) * 2 > steps.Length ? median : steps[0];
        return Math.Abs(step) > LargestStepDegrees ? null : step;
    }

    private static double MedianOf(double[] numbers)
    {
        double[] sorted = [.. numbers.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;

        // The sum of many steps has less noise in its last digits than one of them.
        double mean = numbers.Average();
        return Math.Abs(mean - median) <= 1e-9 * Math.Abs(median) ? mean : median;
    }

    private static (int Image, double StartDegrees)[] FindSweeps(double[] starts, double increment, IReadOnlyList<int> numbers)
    {
        var sweeps = new List<(int Image, double StartDegrees)> { (numbers[0], starts[0]) };
        for (int image = 1; image < starts.Length; image++)
        {
            double turned = starts[image] - starts[image - 1], due = increment * (numbers[image] - numbers[image - 1]);
            if (Math.Abs(turned - due) >= Math.Max(Jump * Math.Abs(increment), SmallestJumpDegrees))
            {
                sweeps.Add((numbers[image], starts[image]));
            }
        }

        return sweeps.Count > 1 ? [.. sweeps] : [];
    }

    /// <summary>One number or several, in degrees; null if there are none, or the unit is unknown.</summary>
    private static double[]? Numbers(JsonObject group, string name, string? axisUnit)
    {
        double?[] numbers = group[name] is JsonArray { Count: > 1 } list ? [.. list.Select(NexusTree.Real)] : [NexusTree.Real(group[name])];
        return HeaderUnit.Degree.Conversion(NexusTree.Text(group[name + "@units"]) ?? axisUnit) is { } toDegrees
            && Array.TrueForAll(numbers, static number => number is not null)
                ? [.. numbers.Select(number => toDegrees(number!.Value))]
                : null;
    }
}
