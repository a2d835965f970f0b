using Hutch.Formats.Microscopy.Sessions;

namespace Hutch.Formats.Tests.Microscopy;

/// <summary>Which file of EPU belongs to which.</summary>
public sealed class EpuJoinTests
{
    private const string Atlas = @"Z:\visit\atlas\Supervisor_1_Grid\Sample4\Atlas\Atlas.dm";
    private const string Stem = "FoilHole_11_Data_2_3_20250108_154915";
    private const string Data = "Images-Disc1/GridSquare_7/Data";

    [Fact]
    public void An_exposure_stands_in_its_hole_of_its_square_of_its_atlas()
    {
        SessionTable table = Session().Table();

        Exposure exposure = Assert.Single(table.Exposures);
        Assert.Equal(($"{Data}/{Stem}_Fractions.tiff", $"{Data}/{Stem}.jpg"), (exposure.Movie, exposure.Picture));
        Assert.Equal(("square-7", "hole-11"), (exposure.Square, exposure.Place));
        Assert.Equal(14.41, exposure.Dose!.Value, 2);
        GridLocation square = table.Places.Single(static place => place.Kind == LocationKind.Square);
        Assert.Equal((2236.751, "Sample4/Atlas/Atlas.dm", 1), (square.X, square.AtlasFile, square.Exposures));
        Assert.Equal("square-7", table.Places.Single(static place => place.Id == "hole-11").Parent);
        Assert.Empty(table.Remarks);
    }

    [Fact]
    public void An_atlas_in_another_folder_is_shared_by_sessions()
    {
        SessionTable table = new SessionFolder()
            .With("atlas/Supervisor_1_Grid/Sample4/Atlas/Atlas.dm", EpuText.Atlas(7, 8))
            .With("atlas/Supervisor_1_Grid/Sample4/Atlas/Atlas_4590151.jpg")
            .With("atlas/Supervisor_1_Grid/Sample5/Atlas/Atlas.dm", EpuText.Atlas(9))
            .With("one/EpuSession.dm", EpuText.Session(Atlas))
            .With("one/Metadata/GridSquare_7.dm", EpuText.Square(7))
            .With("two/EpuSession.dm", EpuText.Session(Atlas, square: 8))
            .With("two/Metadata/GridSquare_8.dm", EpuText.Square(8)).Table();

        Assert.Equal(["one", "two"], table.Sessions.Select(static session => session.Folder));
        Assert.All(table.Sessions, static session => Assert.Equal(
            ("atlas/Supervisor_1_Grid/Sample4/Atlas/Atlas.dm", "atlas/Supervisor_1_Grid/Sample4/Atlas/Atlas_4590151.jpg"),
            (session.Atlas!.File, session.Atlas.Picture)));
        Assert.All(table.Places, static place => Assert.Equal("atlas/Supervisor_1_Grid/Sample4/Atlas/Atlas.dm", place.AtlasFile));
    }

    [Fact]
    public void An_atlas_of_another_grid_is_not_taken_for_that_of_the_session()
    {
        SessionTable table = new SessionFolder().With("EpuSession.dm", EpuText.Session(Atlas))
            .With("Sample5/Atlas/Atlas.dm", EpuText.Atlas(8)).Table();

        Assert.Null(Assert.Single(table.Sessions).Atlas);
        Assert.Contains("is not in this dataset", Assert.Single(table.Remarks).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_Fractions.tiff")]
    [InlineData("_fractions.mrc")]
    [InlineData("_EER.eer")]
    [InlineData(".eer")]
    public void A_movie_in_another_folder_joins_its_XML_by_the_stem(string suffix)
    {
        SessionTable table = new SessionFolder().With($"meta/GridSquare_7/Data/{Stem}.xml", EpuText.Image())
            .With($"movies/{Stem}{suffix}").With($"movies/{Stem}.mrc").Table();

        Exposure exposure = Assert.Single(table.Exposures);
        Assert.Equal(($"movies/{Stem}{suffix}", "square-7"), (exposure.Movie, exposure.Square));
        Assert.Empty(table.Remarks);
    }

    [Fact]
    public void A_hole_that_was_exposed_twice_has_two_exposures()
    {
        SessionTable table = Session().With($"{Data}/FoilHole_11_Data_2_3_20250108_160000.xml", EpuText.Image(time: "2025-01-08T16:00:00Z"))
            .With($"{Data}/FoilHole_11_Data_2_3_20250108_160000_Fractions.tiff").Table();

        Assert.Equal(
            [$"{Data}/{Stem}_Fractions.tiff", $"{Data}/FoilHole_11_Data_2_3_20250108_160000_Fractions.tiff"],
            table.Exposures.Where(static one => one.Place == "hole-11").Select(static one => one.Movie));
        Assert.Equal(2, table.Places.Single(static place => place.Id == "hole-11").Exposures);
    }

    [Fact]
    public void Of_two_movies_of_one_exposure_none_is_chosen()
    {
        SessionTable table = Session().With($"copy/{Stem}_Fractions.tiff").Table();

        Assert.Null(Assert.Single(table.Exposures).Movie);
        Assert.Contains("could be the movie of one exposure", Assert.Single(table.Remarks).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_movie_is_named_and_not_guessed()
    {
        SessionTable table = new SessionFolder().With($"{Data}/{Stem}.xml", EpuText.Image()).With($"{Data}/best_movie.tiff")
            .With($"{Data}/FoilHole_12_Data_2_3_20250108_154915_Fractions.tiff").Table();

        Assert.Equal(
            [(null, $"{Data}/{Stem}.xml"), ($"{Data}/FoilHole_12_Data_2_3_20250108_154915_Fractions.tiff", null)],
            table.Exposures.Select(static one => (one.Movie, one.Metadata)));
        Assert.Equal(
            ["There is 1 exposure without a movie in this dataset, such as this one.",
                "There is 1 exposure with a movie, but without its XML, such as this one."],
            table.Remarks.Select(static remark => remark.Message));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named_and_spoils_no_other()
    {
        SessionTable table = Session().With("Metadata/GridSquare_9.dm", "<GridSquareXml><Id>9").Table();

        Assert.Equal("Metadata/GridSquare_9.dm", Assert.Single(table.Remarks).Path);
        Assert.Single(table.Exposures);
    }

    [Fact]
    public void Holes_that_were_not_chosen_are_left_out() => Assert.Equal(
        ["hole-1"],
        new SessionFolder().With("Metadata/GridSquare_7.dm", EpuText.Square(7, EpuText.Hole(1), EpuText.Hole(2, isSelected: false))).Table()
            .Places.Where(static place => place.Kind == LocationKind.Hole).Select(static place => place.Id));

    [Theory]
    [InlineData("Tiff Lzw Non-Gain normalized", GainState.NotCorrected)]
    [InlineData("Mrc Gain normalized", GainState.Corrected)]
    public void A_movie_is_corrected_for_the_gain_only_where_the_session_says_so(string format, GainState state) => Assert.Equal(
        state, Assert.Single(Session().With("EpuSession.dm", EpuText.Session(Atlas, format)).Table().Exposures).Gain);

    private static SessionFolder Session() => new SessionFolder()
        .With("EpuSession.dm", EpuText.Session(Atlas))
        .With("Sample4/Atlas/Atlas.dm", EpuText.Atlas(7))
        .With("Metadata/GridSquare_7.dm", EpuText.Square(7, EpuText.Hole(11)))
        .With($"{Data}/{Stem}.xml", EpuText.Image())
        .With($"{Data}/{Stem}.jpg")
        .With($"{Data}/{Stem}_Fractions.tiff");
}
