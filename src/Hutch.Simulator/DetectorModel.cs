namespace Hutch.Simulator;

/// <summary>A detector made of equal modules with gaps between them.</summary>
/// <param name="Description">What the file calls it.</param>
public sealed record DetectorModel(
    string Name, string Description, int ModulesDown, int ModulesAcross, int ModuleRows, int ModuleColumns, int GapRows, int GapColumns)
{
    /// <summary>Metres of a pixel, in both directions.</summary>
    public const double PixelSizeMetres = 75e-6;

    /// <summary>The detectors that can be simulated, small to large.</summary>
    public static IReadOnlyList<DetectorModel> All { get; } =
    [
        new("tiny", "Simulated 256 x 256", 2, 1, 122, 256, 12, 0),
        new("small", "Simulated 516 x 500", 2, 2, 250, 244, 16, 12),
        new("eiger2-500k", "Dectris EIGER2 Si 500K", 1, 1, 512, 1028, 0, 0),
        new("eiger2-1m", "Dectris EIGER2 Si 1M", 2, 1, 512, 1028, 38, 0),
        new("eiger2-4m", "Dectris EIGER2 Si 4M", 4, 2, 512, 1028, 38, 12),
        new("eiger2-9m", "Dectris EIGER2 Si 9M", 6, 3, 512, 1028, 38, 12),
        new("eiger2-16m", "Dectris EIGER2 Si 16M", 8, 4, 512, 1028, 38, 12),
        new("eiger1-1m", "Dectris Eiger 1M", 2, 1, 514, 1030, 37, 0),
        new("eiger1-4m", "Dectris Eiger 4M", 4, 2, 514, 1030, 37, 10),
        new("eiger1-16m", "Dectris Eiger 16M", 8, 4, 514, 1030, 37, 10),
    ];

    public int Rows => (ModulesDown * ModuleRows) + ((ModulesDown - 1) * GapRows);

    public int Columns => (ModulesAcross * ModuleColumns) + ((ModulesAcross - 1) * GapColumns);

    public static Result<DetectorModel> Find(string name) =>
        All.FirstOrDefault(model => model.Name == name) is { } found
            ? found
            : ErrorCode.InvalidName.With(
                $"Unknown detector '{name}'. Known are {string.Join(", ", All.Select(static model => model.Name))}.");

    /// <summary>Returns true if a pixel is between modules.</summary>
    public bool IsGap(int row, int column) =>
        row % (ModuleRows + GapRows) >= ModuleRows || column % (ModuleColumns + GapColumns) >= ModuleColumns;
}
