using System.Globalization;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>DIALS itself finds the spots of the same files, and its numbers are ours.</summary>
public sealed class DialsTests(SharedServer shared)
{
    private const double RelativeError = 1e-6;

    private const string Statistics =
        """
        import json, sys
        from dials.algorithms.spot_finding import per_image_analysis
        from dials.array_family import flex
        from dials.command_line.find_spots import phil_scope
        from dxtbx.model import SimplePxMmStrategy
        from dxtbx.model.experiment_list import ExperimentListFactory
        from libtbx.phil import parse

        master, parallax, ice, *settings = sys.argv[1:]
        experiments = ExperimentListFactory.from_filenames([master])
        if parallax == "false":
            for panel in experiments[0].detector:
                panel.set_px_mm_strategy(SimplePxMmStrategy())
        settings = ["spotfinder.mp.nproc=1", "spotfinder.filter.min_spot_size=3"] + ["spotfinder." + s for s in settings]
        params = phil_scope.fetch(sources=[parse("\n".join(settings))]).extract()
        imageset = experiments[0].imageset
        for image in range(len(imageset)):
            one = ExperimentListFactory.from_imageset_and_crystal(imageset[image:image + 1], None)
            found = flex.reflection_table.from_observations(one, params)
            found.centroid_px_to_mm(one)
            found.map_centroids_to_reciprocal_space(one)
            stats = per_image_analysis.stats_for_reflection_table(found, filter_ice=ice == "true", ice_rings_width=0.004)
            print(json.dumps({"file-number": image + 1, **stats._asdict()}))
        """;

    /// <summary>Puts the detector of a master on an arm, and turns that.</summary>
    private const string Turn =
        """
        import h5py, sys

        with h5py.File(sys.argv[1], "a") as master:
            steps = master["/entry/instrument/detector/transformations"]
            arm = steps.create_dataset("two_theta", data=float(sys.argv[2]))
            arm.attrs.update(transformation_type="rotation", vector=[0.6, -0.8, 0.0], offset=[0.0, 0.0, 0.0], units="deg", depends_on=".")
            steps["translation"].attrs["depends_on"] = "/entry/instrument/detector/transformations/two_theta"
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("eiger2-1m", "--preset pia", "false", "true", "threshold.algorithm=dispersion filter.d_max=40")]
    [InlineData("eiger2-1m", "--parallax true", "true", "true", "threshold.algorithm=dispersion")]
    [InlineData("eiger2-1m", "--sigma-strong 4 --ice-filter false", "false", "false", "threshold.algorithm=dispersion threshold.dispersion.sigma_strong=4")]
    [InlineData("eiger2-500k", "--preset dials", "true", "false", "threshold.algorithm=dispersion_extended")]
    public async Task All_nine_statistics_of_every_frame_are_those_of_DIALS(string detector, string parameters, string parallax, string ice, string settings)
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(ada.WorkingFolder).FullName, "statistics.py"), Statistics, Ct);
        (await ada.RunShellAsync(
            $"""
            hutch simulate dataset sim --detector {detector} --images 4
            hutch ingest sim_master.h5 lysozyme
            hutch analyse lysozyme {parameters} --json >ours
            /usr/bin/python3 statistics.py sim_master.h5 {parallax} {ice} {settings} >theirs
            """,
            Ct)).AssertDone();

        Dictionary<int, Dictionary<string, double>> ours = await RowsAsync(ada, "ours"), theirs = await RowsAsync(ada, "theirs");

        Assert.Equal([1, 2, 3, 4], ours.Keys.Order());
        Assert.All(theirs, image => Assert.All(image.Value, number => Assert.Equal(
            number.Value, ours[image.Key][number.Key], Math.Abs(number.Value) * RelativeError)));
        Assert.All(ours.Values, row => Assert.True(row["n_spots_total"] > 20 && row["estimated_d_min"] > 0, "There is little to compare."));
    }

    [Fact]
    public async Task They_are_of_a_detector_that_is_turned_too_with_the_depth_of_its_sensor()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(ada.WorkingFolder).FullName, "statistics.py"), Statistics, Ct);
        await File.WriteAllTextAsync(Path.Combine(ada.WorkingFolder, "turn.py"), Turn, Ct);
        CommandResult done = await ada.RunShellAsync(
            """
            hutch simulate dataset sim --detector eiger2-1m --images 2
            /usr/bin/python3 turn.py sim_master.h5 20
            hutch ingest sim_master.h5 lysozyme
            hutch analyse lysozyme --parallax true --json >ours
            /usr/bin/python3 statistics.py sim_master.h5 true true threshold.algorithm=dispersion >theirs
            """,
            Ct);
        done.AssertDone();

        Dictionary<int, Dictionary<string, double>> ours = await RowsAsync(ada, "ours"), theirs = await RowsAsync(ada, "theirs");

        Assert.Contains("The detector of sim_master.h5 is turned by 20.0° against the beam.", done.Errors + done.Output, StringComparison.Ordinal);
        Assert.Equal([1, 2], theirs.Keys.Order());
        Assert.All(theirs, image => Assert.All(image.Value, number => Assert.Equal(
            number.Value, ours[image.Key][number.Key], Math.Abs(number.Value) * RelativeError)));
        Assert.All(ours.Values, row => Assert.True(row["n_spots_total"] > 20 && row["estimated_d_min"] > 0, "There is little to compare."));
    }

    [Fact]
    public async Task Of_selected_frames_DIALS_finds_in_their_one_file_what_it_finds_in_the_whole_series()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(ada.WorkingFolder).FullName, "statistics.py"), Statistics, Ct);
        CommandResult done = await ada.RunShellAsync(
            """
            hutch simulate dataset sim --detector eiger2-500k --images 6
            hutch ingest sim_master.h5 lysozyme
            hutch close lysozyme
            hutch analyse lysozyme --preset dials --output spots --json | jq -c 'select(.["file-number"])' >ours
            least=$(jq -s 'map(.n_spots_total) | sort | .[3]' ours)
            hutch select $(hutch runs list spots --json | jq -r .id) "n_spots_total >= $least" --as hits
            hutch export hits hits.nxs
            /usr/bin/python3 statistics.py sim_master.h5 true false threshold.algorithm=dispersion_extended >whole
            /usr/bin/python3 statistics.py hits.nxs true false threshold.algorithm=dispersion_extended >theirs
            jq -c "select(.n_spots_total >= $least) | .[\"file-number\"]" ours
            """,
            Ct);
        int[] frames = [.. done.AssertDone().Output.Split('\n').Where(static line => int.TryParse(line, out _)).Select(static line => int.Parse(line, CultureInfo.InvariantCulture)).Order()];

        Dictionary<int, Dictionary<string, double>> whole = await RowsAsync(ada, "whole"), hits = await RowsAsync(ada, "theirs");

        Assert.InRange(frames.Length, 3, 5);
        Assert.Equal(frames.Length, hits.Count);
        for (int hit = 1; hit <= frames.Length; hit++)
        {
            Assert.All(hits[hit].Where(static number => number.Key != "file-number"), number => Assert.Equal(whole[frames[hit - 1]][number.Key], number.Value));
        }
    }

    private static async Task<Dictionary<int, Dictionary<string, double>>> RowsAsync(CommandLine ada, string file) =>
        (await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, file), Ct)).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(
            row => row.GetProperty("file-number").GetInt32(),
            row => row.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Number).ToDictionary(
                property => property.Name, property => property.Value.GetDouble()));
}
