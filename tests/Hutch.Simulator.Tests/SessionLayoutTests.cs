using Hutch.Formats.Microscopy.Sessions;
using Hutch.Model;
using Hutch.Simulator.Microscope;
using Hutch.Testing;

namespace Hutch.Simulator.Tests;

/// <summary>Sessions in the folders of EPU and SerialEM, as the readers of these see them.</summary>
public sealed class SessionLayoutTests : IDisposable
{
    private static readonly MicroscopeOptions Small = new() { Columns = 64, Rows = 64, Frames = 2, Movies = 12, MoviesPerSecond = 1000 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_session_of_EPU_is_joined_whole()
    {
        SessionTable table = await RecordAsync(Small with { Layout = SessionLayout.Epu });

        Assert.Empty(table.Remarks);
        Assert.Equal("Sample4/Atlas/Atlas_1.mrc", Assert.Single(table.Sessions).Atlas!.Picture);
        Assert.Equal((9, 72), (table.Places.Count(static p => p.Kind == LocationKind.Square), table.Places.Count(static p => p.Kind == LocationKind.Hole)));
        Assert.All(table.Places, static place => Assert.True(place is { X: > 0, Y: > 0, Stage: not null }));
        Assert.Equal(12, table.Exposures.Count);
        Assert.All(table.Exposures, one => Assert.True(
            one is { Movie: not null, Picture: not null, TargetDefocus: < 0, Frames: 2 } && Math.Abs(one.PixelSize!.Value - Small.PixelAngstrom) < 1e-9
                && Math.Abs(one.Dose!.Value - (Small.ElectronsPerPixel * 2 / Small.PixelAngstrom / Small.PixelAngstrom)) < 1e-9));
    }

    [Fact]
    public async Task A_session_of_SerialEM_is_joined_whole()
    {
        SessionTable table = await RecordAsync(Small with { Layout = SessionLayout.SerialEm });

        Assert.Equal(["It has one tilt only."], table.Remarks.Select(static remark => remark.Message));
        Assert.Equal([11, 1], table.Series.Select(static series => series.Tilts));
        Assert.Equal((-30, 30, 84.3), (table.Series[0].LeastTilt, table.Series[0].GreatestTilt, table.Series[0].TiltAxis));
        Assert.All(table.Exposures, static one => Assert.True(
            one is { Movie: not null, Place: not null, AccumulatedDose: > 0, Gain: GainState.ReferenceStated }));
    }

    [Fact]
    public async Task Broken_pieces_of_EPU_are_named()
    {
        SessionTable table = await RecordAsync(Small with { Layout = SessionLayout.Epu, IsBroken = true });

        Assert.Equal(12, table.Exposures.Count);
        Assert.Equal(11, table.Exposures.Count(static one => one.Movie is not null));
        Assert.Contains(table.Remarks, static remark => remark.Message.StartsWith("It could not be read", StringComparison.Ordinal));
        Assert.Contains(table.Remarks, static remark => remark.Message.StartsWith("There is 1 exposure without a movie", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broken_pieces_of_SerialEM_are_named()
    {
        SessionTable table = await RecordAsync(Small with { Layout = SessionLayout.SerialEm, IsBroken = true, Movies = 22 });

        string[] said = [.. table.Remarks.Select(static remark => remark.Message)];
        Assert.Contains(said, static text => text.StartsWith("All 11 tilts name one movie", StringComparison.Ordinal));
        Assert.Contains(said, static text => text.Contains("names too", StringComparison.Ordinal));
        Assert.Contains(said, static text => text.Contains("are named by no .mdoc", StringComparison.Ordinal));
        Assert.Contains(said, static text => text.StartsWith("1 movie that it names is not in this dataset", StringComparison.Ordinal));
    }

    [Fact]
    public void A_broken_session_needs_a_layout() =>
        Assert.Contains("--layout epu", (Small with { IsBroken = true }).Validate()!.Message, StringComparison.Ordinal);

    private async Task<SessionTable> RecordAsync(MicroscopeOptions options)
    {
        MicroscopeSession session = MicroscopeSession.Create(options, _folder.Path, "demo", TimeProvider.System).Value;
        await session.RunAsync(MetadataFile.Create("demo", Guid.Empty), null, TestContext.Current.CancellationToken);
        string[] paths =
        [
            .. Directory.EnumerateFiles(session.Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(session.Folder, path)),
        ];
        return SessionBuilder.Build(
            paths,
            [
                .. from path in paths
                   let kind = SessionNames.KindOf(path)
                   where kind != SessionFileKind.Other
                   select SessionFile.Read(path, kind, File.ReadAllBytes(Path.Combine(session.Folder, path))),
            ],
            []);
    }
}
