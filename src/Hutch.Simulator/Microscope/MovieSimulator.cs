namespace Hutch.Simulator.Microscope;

/// <summary>
/// Draws movies of a thin layer of ice with round particles in it: electrons are counted one by one, fewer where a particle scatters them,
/// and by each pixel with its own gain. One movie at a time, its frames in order; drawing one allocates nothing.
/// </summary>
internal sealed class MovieSimulator
{
    private const double ParticleRadiusAngstrom = 110;
    private const double SoftEdge = 0.2;
    private const double Contrast = 0.25;
    private const double ParticlesPerRadiusSquared = 0.08;

    private readonly MicroscopeOptions _options;
    private readonly PoissonTables _tables;
    private readonly float[] _transmission;
    private readonly byte[] _levels;
    private readonly double _lowest;
    private readonly double _step;
    private ulong _stream;

    public MovieSimulator(MicroscopeOptions options)
    {
        _options = options;
        Gain = GainReference.Create(options);
        _transmission = new float[Gain.Length];
        _levels = new byte[Gain.Length];
        _lowest = Math.Pow(1 - Contrast, 2) * options.ElectronsPerPixel / GainReference.Greatest;
        _step = ((options.ElectronsPerPixel / GainReference.Least) - _lowest) / (PoissonTables.Levels - 1);
        _tables = new PoissonTables(
            Enumerable.Range(0, PoissonTables.Levels).Select(level => (byte)level), level => _lowest + (_step * level));
    }

    public float[] Gain { get; }

    /// <param name="movie">Its number, from 0.</param>
    public void Begin(int movie)
    {
        _stream = ((ulong)movie + 1) << 20;
        var random = new SimulationRandom(_options.Seed, _stream);
        _transmission.AsSpan().Fill(1);
        double radius = ParticleRadiusAngstrom / _options.PixelAngstrom;
        int particles = (int)(ParticlesPerRadiusSquared * _options.Columns * _options.Rows / (radius * radius));
        for (int i = 0; i < particles; i++)
        {
            Place(random.NextUnit() * _options.Columns, random.NextUnit() * _options.Rows, radius);
        }

        for (int i = 0; i < _levels.Length; i++)
        {
            double mean = _options.ElectronsPerPixel * _transmission[i] / Gain[i];
            _levels[i] = (byte)Math.Clamp(Math.Round((mean - _lowest) / _step), 0, PoissonTables.Levels - 1);
        }
    }

    /// <param name="frame">Its number, from 0.</param>
    /// <param name="pixels">Receives its pixels, row by row.</param>
    public void Draw(int frame, Span<short> pixels)
    {
        var random = new SimulationRandom(_options.Seed, _stream + (ulong)frame + 1);
        _tables.Draw(_levels, pixels, ref random);
    }

    private void Place(double x, double y, double radius)
    {
        int top = (int)Math.Min(_options.Rows - 1, y + radius);
        int right = (int)Math.Min(_options.Columns - 1, x + radius);
        for (int row = (int)Math.Max(0, y - radius); row <= top; row++)
        {
            for (int column = (int)Math.Max(0, x - radius); column <= right; column++)
            {
                double dx = (column + 0.5 - x) / radius;
                double dy = (row + 0.5 - y) / radius;
                double depth = Math.Clamp((1 - Math.Sqrt((dx * dx) + (dy * dy))) / SoftEdge, 0, 1);
                _transmission[(row * _options.Columns) + column] *= (float)(1 - (Contrast * depth));
            }
        }
    }
}
