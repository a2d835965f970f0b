using System.Globalization;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>DIALS itself finds the spots of the same files, and its numbers are ours.</summary>
public sealed class DialsTests(SharedServer shared)
{
    private const double RelativeError = 1e-6;

    /// <summary>Jobs from the standard input, one in a line, in one process: DIALS takes seconds to start.</summary>
    private const string Statistics =
        """
        import json, sys
        from dials.algorithms.spot_finding import per_image_analysis
        from dials.array_family import flex
        from dials.command_line.find_spots import phil_scope
        from dxtbx.model import SimplePxMmStrategy
        from dxtbx.model.experiment_list import ExperimentListFactory
        from libtbx.phil import parse

        def rows(master, parallax, ice, settings):
            experiments = ExperimentListFactory.from_filenames([master])
            if not parallax:
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
                stats = per_image_analysis.stats_for_reflection_table(found, filter_ice=ice, ice_rings_width=0.004)
                yield {"file-number": image + 1, **stats._asdict()}

        for line in sys.stdin:
            job = json.loads(line)
            with open(job["to"], "w") as out:
                for row in rows(job["master"], job["parallax"], job["ice"], job["settings"]):
                    print(json.dumps(row), file=out)
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

    private const string Extended = "threshold.algorithm=dispersion_extended";

    private static readonly Configuration[] Configurations =
    [
        new("pia", "one", "--preset pia", false, true, "threshold.algorithm=dispersion", "filter.d_max=40"),
        new("parallax", "one", "--parallax true", true, true, "threshold.algorithm=dispersion"),
        new("strong", "one", "--sigma-strong 4 --ice-filter false", false, false, "threshold.algorithm=dispersion", "threshold.dispersion.sigma_strong=4"),
        new("dials", "half", "--preset dials", true, false, Extended),
        new("depth", "turned", "--parallax true", true, true, "threshold.algorithm=dispersion"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_nine_statistics_of_every_frame_are_those_of_DIALS_with_each_setting_and_a_detector_that_is_turned()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        await File.WriteAllTextAsync(Path.Combine(ada.WorkingFolder, "statistics.py"), Statistics, Ct);
        await File.WriteAllTextAsync(Path.Combine(ada.WorkingFolder, "turn.py"), Turn, Ct);
        await File.WriteAllLinesAsync(Path.Combine(ada.WorkingFolder, "jobs"), Configurations.Select(static one => one.Line), Ct);
        string analyses = string.Concat(Configurations.Select(
            static one => $"hutch analyse {one.Series} {one.Parameters} --output {one.Name} --json >{one.Name}.ours\n"));
        CommandResult done = await ada.RunShellAsync(
            $"""
            hutch simulate dataset one --detector eiger2-1m --images 4
            hutch simulate dataset half --detector eiger2-500k --images 4
            hutch simulate dataset turned --detector eiger2-1m --images 2
            /usr/bin/python3 turn.py turned_master.h5 20
            for series in one half turned; do hutch ingest "$series"_master.h5 $series; done
            {analyses}/usr/bin/python3 statistics.py <jobs
            """,
            Ct);
        done.AssertDone();

        Assert.Contains("The detector of turned_master.h5 is turned by 20.0° against the beam.", done.Errors + done.Output, StringComparison.Ordinal);
        foreach (Configuration one in Configurations)
        {
            Dictionary<int, Dictionary<string, double>> ours = await RowsAsync(ada, one.Name + ".ours"), theirs = await RowsAsync(ada, one.Name + ".theirs");
            Assert.Equal(Enumerable.Range(1, one.Series == "turned" ? 2 : 4), theirs.Keys.Order());
            Assert.Equal(theirs.Keys.Order(), ours.Keys.Order());
            Assert.All(theirs, image => Assert.All(image.Value, number => Assert.True(
                Math.Abs(number.Value - ours[image.Key][number.Key]) <= Math.Abs(number.Value) * RelativeError,
                $"{one.Name}, frame {image.Key}, {number.Key}: {number.Value} of DIALS, {ours[image.Key][number.Key]} of Hutch")));
            Assert.All(ours.Values, row => Assert.True(row["n_spots_total"] > 20 && row["estimated_d_min"] > 0, $"{one.Name}: there is little to compare."));
        }
    }

    [Fact]
    public async Task DIALS_finds_the_same_in_an_export_of_selected_frames_as_in_the_whole_series()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        await File.WriteAllTextAsync(Path.Combine(ada.WorkingFolder, "statistics.py"), Statistics, Ct);
        string[] jobs = [Job("sim_master.h5", true, false, "whole", Extended), Job("hits.nxs", true, false, "hits", Extended)];
        await File.WriteAllLinesAsync(Path.Combine(ada.WorkingFolder, "jobs"), jobs, Ct);
        CommandResult done = await ada.RunShellAsync(
            """
            hutch simulate dataset sim --detector eiger2-500k --images 6
            hutch ingest sim_master.h5 lysozyme
            hutch close lysozyme
            hutch analyse lysozyme --preset dials --output spots --json | jq -c 'select(.["file-number"])' >ours
            least=$(jq -s 'map(.n_spots_total) | sort | .[3]' ours)
            hutch select $(hutch runs list spots --json | jq -r .id) "n_spots_total >= $least" --as hits
            hutch export hits hits.nxs
            /usr/bin/python3 statistics.py <jobs
            jq -c "select(.n_spots_total >= $least) | .[\"file-number\"]" ours
            """,
            Ct);
        int[] frames = [.. done.AssertDone().Output.Split('\n').Where(static line => int.TryParse(line, out _)).Select(static line => int.Parse(line, CultureInfo.InvariantCulture)).Order()];

        Dictionary<int, Dictionary<string, double>> whole = await RowsAsync(ada, "whole.theirs"), hits = await RowsAsync(ada, "hits.theirs");

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

    /// <summary>A line for <see cref="Statistics"/>, whose rows are then in the file NAME.theirs.</summary>
    private static string Job(string master, bool parallax, bool ice, string name, params string[] settings) =>
        JsonSerializer.Serialize(new { master, parallax, ice, settings, to = name + ".theirs" });

    /// <summary>An analysis by Hutch and the same one by DIALS.</summary>
    private sealed record Configuration(string Name, string Series, string Parameters, bool Parallax, bool Ice, params string[] Settings)
    {
        public string Line => Job(Series + "_master.h5", Parallax, Ice, Name, Settings);
    }
}
