namespace Hutch.Capture;

/// <summary>
/// The times of an image, in seconds from the start of its series; NaN if unknown. They travel with the frame as user metadata,
/// so that they are as durable as it is, and are gathered in one array of the header (<see cref="ImageLog"/>).
/// </summary>
internal readonly record struct ImageTimes(double Number, double Start, double Stop, double Real)
{
    /// <summary>The name of the user metadata: start, end and exposure, with a hyphen for each unknown one.</summary>
    public const string Key = "hutch-times";

    private const string Unknown = "-";

    public bool IsKnown => !(double.IsNaN(Start) && double.IsNaN(Stop) && double.IsNaN(Real));

    public static ImageTimes From(int number, ImageMessage image) => new(
        number, image.StartSeconds ?? double.NaN, image.StopSeconds ?? double.NaN, image.RealSeconds ?? double.NaN);

    /// <summary>Reads what <see cref="ToText"/> wrote; false when the frame has none.</summary>
    public static bool TryParse(int number, IReadOnlyDictionary<string, string>? userMetadata, out ImageTimes times)
    {
        times = new ImageTimes(number, double.NaN, double.NaN, double.NaN);
        if (userMetadata?.GetValueOrDefault(Key)?.Split(' ') is not [var start, var stop, var real])
        {
            return false;
        }

        times = new ImageTimes(number, Read(start), Read(stop), Read(real));
        return times.IsKnown;
    }

    public string ToText() => $"{Text(Start)} {Text(Stop)} {Text(Real)}";

    private static string Text(double seconds) =>
        double.IsNaN(seconds) ? Unknown : seconds.ToString("R", CultureInfo.InvariantCulture);

    private static double Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? seconds : double.NaN;
}
