using Hutch.Formats.Microscopy.Sessions;

namespace Hutch.Formats.Tests.Microscopy;

/// <summary>Which movie belongs to which tilt.</summary>
public sealed class SerialEmJoinTests
{
    [Fact]
    public void A_movie_is_found_by_the_end_of_a_Windows_path()
    {
        SessionTable table = new SessionFolder()
            .With("TS_01.mrc.mdoc", Series(Tilt(0, 0, @"X:\day\frames\TS_01_000.tif"), Tilt(1, 3, @"X:\day\frames\ts_01_001.tif")))
            .With("frames/TS_01_000.tif").With("frames/TS_01_001.tif").With("TS_01.mrc").Table();

        Assert.Equal(["frames/TS_01_000.tif", "frames/TS_01_001.tif"], table.Exposures.Select(static one => one.Movie));
        TiltSeries series = Assert.Single(table.Series);
        Assert.Equal(("TS_01.mrc.mdoc", "TS_01.mrc", 2, 0, 3), (series.File, series.Stack, series.Tilts, series.LeastTilt, series.GreatestTilt));
        Assert.Empty(table.Remarks);
    }

    [Fact]
    public void Of_two_files_with_the_name_that_with_more_of_the_path_is_the_movie()
    {
        SessionTable table = new SessionFolder().With("a.mdoc", Series(Tilt(0, 0, @"X:\two\m.tif"), Tilt(1, 3, @"X:\three\m.tif")))
            .With("one/m.tif").With("two/m.tif").Table();

        Assert.Equal(["two/m.tif", null], table.Exposures.Select(static one => one.Movie));
        Assert.Contains(table.Remarks, static remark => remark.Message.Contains("or in it more than once", StringComparison.Ordinal));
    }

    [Fact]
    public void The_dose_accumulates_by_time_and_not_by_angle()
    {
        SessionTable table = new SessionFolder().With(
            "a.mdoc", Series(Tilt(0, -3, time: "10:02:00", dose: 3), Tilt(1, 0, time: "10:00:00", dose: 1), Tilt(2, 3, time: "10:01:00", dose: 2)))
            .Table();

        Assert.Equal([(0, 1), (3, 3), (-3, 6)], table.Exposures.Select(static one => (one.Tilt!.Value, one.AccumulatedDose!.Value)));
        Assert.Equal(6, Assert.Single(table.Series).Dose);
    }

    [Fact]
    public void No_dose_accumulates_where_one_tilt_states_none()
    {
        SessionTable table = new SessionFolder().With("a.mdoc", Series(Tilt(0, 0, time: "10:00:00", dose: 1), Tilt(1, 3, dose: 0))).Table();

        Assert.All(table.Exposures, static one => Assert.Null(one.AccumulatedDose));
        Assert.Null(Assert.Single(table.Series).Dose);
    }

    [Fact]
    public void An_mdoc_of_one_tilt_is_named() => Assert.Equal(
        "It has one tilt only.",
        Assert.Single(new SessionFolder().With("a.mdoc", Series(Tilt(0, 0, "m.tif"))).With("m.tif").Table().Remarks).Message);

    [Fact]
    public void A_movie_in_two_mdocs_is_shown_once_with_the_pixel_size_of_the_movie()
    {
        SessionTable table = new SessionFolder()
            .With("a.mrc.mdoc", Series(Tilt(0, 0, "m.tif"), Tilt(1, 3, "n.tif")))
            .With("m.tif.mdoc", "[FrameSet = 0]\nTiltAngle = 0.01\nPixelSpacing = 1.35\nSubFramePath = D:\\m.tif\nNumSubFrames = 8\n")
            .With("m.tif").With("n.tif").Table();

        Assert.Equal(
            [("m.tif", 1.35, 8), ("n.tif", 2.7, null)], table.Exposures.Select(static one => (one.Movie, one.PixelSize!.Value, one.Frames)));
        Assert.Empty(table.Remarks);
    }

    [Fact]
    public void Numbers_in_which_two_mdocs_of_a_movie_differ_are_left_out()
    {
        SessionTable table = new SessionFolder()
            .With("a.mrc.mdoc", Series(Tilt(0, 0, "m.tif"), Tilt(1, 3, "n.tif")))
            .With("m.tif.mdoc", "[FrameSet = 0]\nTiltAngle = 40\nSubFramePath = D:\\m.tif\n")
            .With("m.tif").With("n.tif").Table();

        Assert.Null(table.Exposures.Single(static one => one.Movie == "m.tif").Tilt);
        Assert.Contains("state different numbers", Assert.Single(table.Remarks).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_mdoc_of_a_series_adds_no_second_series()
    {
        string text = Series(Tilt(0, 0, "m.tif"), Tilt(1, 3, "n.tif"));
        SessionTable table = new SessionFolder().With("a.mdoc", text).With("b.mdoc", text).With("m.tif").With("n.tif").Table();

        Assert.Equal(["a.mdoc"], table.Series.Select(static series => series.File));
        Assert.Equal(2, table.Exposures.Count);
        Assert.Contains("'b.mdoc' names too", Assert.Single(table.Remarks).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_mdoc_adds_no_tilt_whose_movie_is_lost()
    {
        string text = Series(Tilt(0, 0, @"D:\m.tif"), Tilt(1, 3, @"D:\n.tif"));
        SessionTable table = new SessionFolder().With("a.mdoc", text).With("b.mdoc", text).With("m.tif").Table();

        Assert.Equal(["a.mdoc"], table.Series.Select(static series => series.File));
        Assert.Equal(["m.tif", null], table.Exposures.Select(static one => one.Movie));
    }

    [Fact]
    public void Tilts_that_name_one_lost_movie_stay_apart()
    {
        SessionTable table = new SessionFolder().With("a.mdoc", Series(Tilt(0, 0, @"D:\m.tif"), Tilt(1, 3, @"D:\m.tif"))).Table();

        Assert.Equal([0, 3], table.Exposures.Select(static one => one.Tilt!.Value));
    }

    [Fact]
    public void Sections_with_the_same_number_are_counted_instead() => Assert.Equal(
        ["a.mdoc#0", "a.mdoc#1"], new SessionFolder().With("a.mdoc", Series(Tilt(5, 0), Tilt(5, 3))).Table().Exposures.Select(static one => one.Id));

    [Fact]
    public void A_movie_that_all_tilts_name_is_that_of_none()
    {
        SessionTable table = new SessionFolder().With("a.mdoc", Series(Tilt(0, 0, "m.tif"), Tilt(1, 3, "m.tif"))).With("m.tif").Table();

        Assert.Equal([null, null], table.Exposures.Select(static one => one.Movie));
        Assert.Contains("All 2 tilts name one movie, 'm.tif'", Assert.Single(table.Remarks).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Movies_that_are_not_in_the_dataset_are_named_and_none_is_guessed()
    {
        SessionTable table = new SessionFolder().With("a.mdoc", Series(Tilt(0, 0, @"D:\m.tif"), Tilt(1, 3, @"D:\n.tif")))
            .With("renamed_m.tif").Table();

        Assert.Equal([null, null], table.Exposures.Select(static one => one.Movie));
        Assert.Equal(
            @"It names 2 movies, such as 'D:\m.tif', and none of them is in this dataset.", Assert.Single(table.Remarks).Message);
    }

    [Fact]
    public void A_movie_with_the_frames_of_several_tilts_has_no_tilt()
    {
        SessionTable table = new SessionFolder().With("m.tif").With(
            "m.tif.mdoc",
            "[FrameSet = 0]\nTiltAngle = 33\nExposureDose = 291\nSubFramePath = D:\\m.tif\n"
            + "[ZValue = 0]\nTiltAngle = 33\nFrameTSStartEndFrames = 0 12\n[ZValue = 1]\nTiltAngle = 30\n").Table();

        Assert.Equal(("m.tif", null, 291), (Assert.Single(table.Exposures).Movie, table.Exposures[0].Tilt, table.Exposures[0].Dose));
        Assert.Empty(table.Series);
        Assert.Contains("the frames of 2 tilts", Assert.Single(table.Remarks).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_remark_names_a_movie_in_the_same_folder_that_no_mdoc_mentions()
    {
        SessionTable table = new SessionFolder().With("a.mdoc", Series(Tilt(0, 0, "m.tif"), Tilt(1, 3, "n.tif")))
            .With("f/m.tif").With("f/n.tif").With("f/late.tif").With("f/notes.mrc").Table();

        Assert.Equal(("f/late.tif", true), (Assert.Single(table.Remarks).Path, table.Remarks[0].Message.Contains("no .mdoc")));
    }

    [Fact]
    public void An_mdoc_without_a_path_belongs_to_the_movie_of_the_same_name() => Assert.Equal(
        "f/m.eer", Assert.Single(new SessionFolder().With("f/m.eer.mdoc", "[FrameSet = 0]\nExposureTime = 1\n").With("f/m.eer").Table().Exposures).Movie);

    [Fact]
    public void An_exposure_stands_at_its_item_of_the_navigator_and_the_item_on_its_map()
    {
        SessionTable table = new SessionFolder()
            .With("day.nav", "AdocVersion = 2\n[Item = 1-A]\nStageXYZ = 1 2 3\nType = 2\nMapFile = D:\\sq.mrc\nMapID = 9\n"
                + "[Item = 5]\nStageXYZ = 4 5 6\nType = 0\nDrawnID = 9\n")
            .With("sq.mrc").With("m.tif").With("m.tif.mdoc", "[FrameSet = 0]\nSubFramePath = m.tif\nNavigatorLabel = 5\n").Table();

        Assert.Equal("item-5", Assert.Single(table.Exposures).Place);
        Assert.Equal([("item-1-A", null, "sq.mrc"), ("item-5", "item-1-A", null)], table.Places.Select(static p => (p.Id, p.Parent, p.Picture)));
    }

    [Fact]
    public void A_label_that_two_navigators_use_joins_nothing()
    {
        const string Nav = "AdocVersion = 2\n[Item = 5]\nStageXYZ = 4 5 6\n";
        SessionTable table = new SessionFolder().With("a.nav", Nav).With("b.nav", Nav)
            .With("m.tif.mdoc", "[FrameSet = 0]\nNavigatorLabel = 5\n").With("m.tif").Table();

        Assert.Null(Assert.Single(table.Exposures).Place);
        Assert.Equal(["item-a.nav#5", "item-b.nav#5"], table.Places.Select(static place => place.Id));
    }

    [Theory]
    [InlineData("GainReference = g.mrc\nUncroppedSize = 5760 4092\nRotationAndFlip = 3\n", GainState.ReferenceStated)]
    [InlineData("GainReference = g.mrc\nUncroppedSize = 5760 4092\n", GainState.NotCorrected)]
    [InlineData("GainReference = g.mrc\nRotationAndFlip = 3\n", GainState.NotCorrected)]
    [InlineData("UncroppedSize = 5760 4092\nRotationAndFlip = 3\n", GainState.NotCorrected)]
    public void A_gain_reference_counts_only_with_its_size_and_orientation(string keys, GainState state) => Assert.Equal(
        state, Assert.Single(new SessionFolder().With("m.tif.mdoc", "[FrameSet = 0]\n" + keys).With("m.tif").Table().Exposures).Gain);

    private static string Series(params string[] tilts) => "PixelSpacing = 2.7\nVoltage = 300\n\n" + string.Join('\n', tilts);

    private static string Tilt(int number, double angle, string? movie = null, string? time = null, double dose = 3) =>
        $"[ZValue = {number}]\nTiltAngle = {angle}\nExposureDose = {dose}\n"
        + (movie is null ? "" : $"SubFramePath = {movie}\n") + (time is null ? "" : $"DateTime = 13-Aug-15  {time}\n");
}
