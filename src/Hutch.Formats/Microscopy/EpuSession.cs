namespace Hutch.Formats.Microscopy;

/// <summary>A session of EPU, as its <c>EpuSession.dm</c> states it (root <c>EpuSessionXml</c>).</summary>
public sealed record EpuSession
{
    public string? Name { get; init; }

    public DateTime? Started { get; init; }

    /// <summary>The paths of the atlases of its samples on the microscope's computer: <c>Z:\…\Sample4\Atlas\Atlas.dm</c>.</summary>
    public required IReadOnlyList<string> Atlases { get; init; }

    /// <summary>The numbers of its squares, which are those of nodes of its atlas.</summary>
    public required IReadOnlySet<long> Squares { get; init; }

    /// <summary>The format of movies, such as <c>Tiff Lzw Non-Gain normalized</c>.</summary>
    public string? MovieFormat { get; init; }

    /// <summary>True if its movies are corrected for the gain, false if they are not; null if it says neither.</summary>
    public bool? IsGainCorrected => IsCorrected(MovieFormat);

    internal static bool? IsCorrected(string? movieFormat) => movieFormat switch
    {
        null => null,
        _ when movieFormat.Contains("Non-Gain", StringComparison.OrdinalIgnoreCase) => false,
        _ when movieFormat.Contains("Gain normalized", StringComparison.OrdinalIgnoreCase) => true,
        _ => null,
    };

    /// <exception cref="HutchException">It is no session of EPU.</exception>
    public static EpuSession Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var values = new Values();
        XmlValues.Read(name, bytes, values);
        return values.IsSession
            ? values.Session()
            : throw ErrorCode.UnreadableFile.With($"{name} is no session of EPU: its root is not 'EpuSessionXml'.").ToException();
    }

    private sealed class Values : IXmlValues
    {
        private const int MaxSamples = 100;

        private readonly List<string> _atlases = [];
        private readonly HashSet<long> _squares = [];
        private string? _name;
        private string? _started;
        private string? _format;

        public bool IsSession { get; private set; }

        public void End(List<string> path, string text)
        {
            if (path.Count == 1)
            {
                IsSession = path[0] == "EpuSessionXml";
            }
            else if (path.Count == 2)
            {
                switch (path[1])
                {
                    case "Name":
                        _name = text;
                        break;
                    case "StartDateTime":
                        _started = text;
                        break;
                    case "DoseFractionsOutputFormat":
                        _format = text;
                        break;
                }
            }
            else if (path.EndsWith("SampleXml", "AtlasId") && text.Length > 0 && _atlases.Count < MaxSamples)
            {
                _atlases.Add(text);
            }
            else if (path is [.., "GridSquares", _, _, "key"] && _squares.Count < MicroscopeFiles.MaxParts
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long square))
            {
                _squares.Add(square);
            }
        }

        public EpuSession Session() => new()
        {
            Name = _name is { Length: > 0 } ? _name : null,
            Started = Quantities.Time(_started),
            Atlases = _atlases,
            Squares = _squares,
            MovieFormat = _format is { Length: > 0 } ? _format : null,
        };
    }
}
