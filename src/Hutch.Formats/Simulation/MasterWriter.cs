using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;

namespace Hutch.Formats.Simulation;

/// <summary>
/// Writes the metadata of an NXmx master, all that dxtbx asks for. NeXus looks along the beam with x to the left, so that both directions
/// of the detector are negative; see https://manual.nexusformat.org/classes/applications/NXmx.html.
/// </summary>
internal sealed class MasterWriter(SimulationOptions options, FrameSimulator simulator)
{
    private const string Detector = "/entry/instrument/detector";
    public const string SensorMaterial = "Si";
    public const double SensorThicknessMetres = 0.45e-3;

    private const double FrameTimeSeconds = 0.01;
    private const double PlanckTimesLightElectronVoltAngstrom = 12398.419843320026;

    private static readonly string[] Axes = ["image_id", "channel", ".", "."];

    private bool IsNew => options.Layout == SeriesLayout.Dectris2024;

    private double EnergyElectronVolt => EnergyOf(options.WavelengthAngstrom);

    /// <summary>The energy of photons of a wavelength in Å, in eV.</summary>
    public static double EnergyOf(double wavelength) => PlanckTimesLightElectronVoltAngstrom / wavelength;

    /// <summary>Writes everything but the images.</summary>
    public void Write(Hdf5Writer master)
    {
        master.GroupAttribute("", "default", "entry");
        master.Group("/entry", "NXentry");
        master.GroupAttribute("/entry", "default", "data");
        master.Value("/entry/definition", "NXmx");
        master.Value("/entry/start_time", "2026-01-01T00:00:00Z");
        master.Value("/entry/end_time_estimated", "2026-01-01T00:00:01Z");
        WriteData(master);
        WriteBeam(master);
        WriteDetector(master);
        WriteModule(master);
        WriteSample(master);
        master.Group("/entry/source", "NXsource");
        master.Value("/entry/source/name", "Simulation");
    }

    private void WriteData(Hdf5Writer master)
    {
        master.Group("/entry/data", "NXdata");
        bool isNumbered = options.Layout is SeriesLayout.Legacy or SeriesLayout.InMaster;
        master.GroupAttribute("/entry/data", "signal", isNumbered ? "data_000001" : "data");
        if (IsNew)
        {
            master.GroupAttribute("/entry/data", "axes", Axes);
            master.Value("/entry/data/image_id", Enumerable.Range(1, options.Images).Select(static n => (long)n).ToArray());
            master.Value("/entry/data/channel", Enumerable.Range(1, options.Channels).Select(static n => $"threshold_{n}").ToArray());
        }
    }

    private void WriteBeam(Hdf5Writer master)
    {
        master.Group("/entry/instrument", "NXinstrument");
        master.Value("/entry/instrument/name", "Hutch simulator", ("short_name", "SIM"));
        master.Group("/entry/instrument/beam", "NXbeam");
        master.Value("/entry/instrument/beam/incident_wavelength", options.WavelengthAngstrom, ("units", "angstrom"));
        master.Value("/entry/instrument/beam/incident_energy", EnergyElectronVolt, ("units", "eV"));
    }

    private void WriteDetector(Hdf5Writer master)
    {
        Geometry geometry = simulator.Geometry;
        master.Group(Detector, "NXdetector");
        master.Value(Detector + "/description", options.Detector.Description);
        master.Value(Detector + "/type", "HPC");
        master.Value(Detector + "/detector_number", "SIM-0001");
        master.Value(Detector + "/depends_on", Detector + "/transformations/translation");
        master.Value(Detector + "/beam_center_x", geometry.BeamX, ("units", "pixel"));
        master.Value(Detector + "/beam_center_y", geometry.BeamY, ("units", "pixel"));
        master.Value(Detector + (IsNew ? "/distance" : "/detector_distance"), geometry.DistanceMetres, ("units", "m"));
        master.Value(Detector + "/x_pixel_size", DetectorModel.PixelSizeMetres, ("units", "m"));
        master.Value(Detector + "/y_pixel_size", DetectorModel.PixelSizeMetres, ("units", "m"));
        master.Value(Detector + "/sensor_material", SensorMaterial);
        master.Value(Detector + "/sensor_thickness", SensorThicknessMetres, ("units", "m"));
        master.Value(Detector + "/count_time", FrameTimeSeconds, ("units", "s"));
        master.Value(Detector + "/frame_time", FrameTimeSeconds, ("units", "s"));
        master.Value(Detector + (IsNew ? "/bit_depth_readout" : "/bit_depth_image"), options.BitDepth);
        master.Value(Detector + "/saturation_value", options.BitDepth == 16 ? SeriesFiles.Saturation16 : uint.MaxValue - 1L);
        WriteMasks(master);
        if (!IsNew)
        {
            WriteSpecific(master);
        }
    }

    private void WriteMasks(Hdf5Writer master)
    {
        DetectorModel detector = options.Detector;
        if (IsNew)
        {
            for (int channel = 1; channel <= options.Channels; channel++)
            {
                string group = $"{Detector}/threshold_{channel}_channel";
                master.Group(group, "NXdetector_channel");
                master.Value(group + "/threshold_energy", EnergyElectronVolt * channel / 2, ("units", "eV"));
                master.Array<uint>(group + "/pixel_mask", simulator.Faults.Mask, detector.Rows, detector.Columns, FrameCodec.BitshuffleLz4);
            }
        }
        else
        {
            master.Array<uint>(Detector + "/pixel_mask", simulator.Faults.Mask, detector.Rows, detector.Columns, FrameCodec.BitshuffleLz4);
        }
    }

    private void WriteSpecific(Hdf5Writer master)
    {
        string specific = Detector + "/detectorSpecific";
        DetectorModel detector = options.Detector;
        master.Group(specific, "NXcollection");
        master.Value(specific + "/nimages", options.Images);
        master.Value(specific + "/ntrigger", 1);
        master.Value(specific + "/x_pixels_in_detector", detector.Columns);
        master.Value(specific + "/y_pixels_in_detector", detector.Rows);
        master.Value(specific + "/photon_energy", EnergyElectronVolt, ("units", "eV"));
        master.Value(specific + "/eiger_fw_version", "simulated");
        float[] flat = new float[detector.Rows * detector.Columns];
        Array.Fill(flat, 1);
        master.Array<float>(specific + "/flatfield", flat, detector.Rows, detector.Columns, FrameCodec.BitshuffleLz4);
    }

    private void WriteModule(Hdf5Writer master)
    {
        Geometry geometry = simulator.Geometry;
        string module = Detector + "/module";
        string translation = Detector + "/transformations/translation";
        master.Group(Detector + "/transformations", "NXtransformations");
        Translation(master, translation, geometry.DistanceMetres, [0, 0, 1], ".");

        // From the beam to the first corner.
        double x = geometry.BeamX * DetectorModel.PixelSizeMetres;
        double y = geometry.BeamY * DetectorModel.PixelSizeMetres;
        double length = Math.Sqrt((x * x) + (y * y));
        master.Group(module, "NXdetector_module");
        master.Value(module + "/data_origin", new long[] { 0, 0 });
        master.Value(module + "/data_size", new long[] { options.Detector.Rows, options.Detector.Columns });
        Translation(master, module + "/module_offset", length, [x / length, y / length, 0], translation);
        Translation(master, module + "/fast_pixel_direction", DetectorModel.PixelSizeMetres, [-1, 0, 0], module + "/module_offset");
        Translation(master, module + "/slow_pixel_direction", DetectorModel.PixelSizeMetres, [0, -1, 0], module + "/module_offset");
    }

    private static void Translation(Hdf5Writer master, string path, double value, double[] vector, string dependsOn) =>
        master.Value(
            path,
            value,
            ("transformation_type", "translation"),
            ("vector", vector),
            ("offset", new double[] { 0, 0, 0 }),
            ("units", "m"),
            ("depends_on", dependsOn));

    private void WriteSample(Hdf5Writer master)
    {
        const string Omega = "/entry/sample/transformations/omega";
        master.Group("/entry/sample", "NXsample");
        master.Value("/entry/sample/name", "simulated tetragonal crystal");
        master.Value("/entry/sample/depends_on", Omega);
        master.Group("/entry/sample/transformations", "NXtransformations");
        double[] starts = Enumerable.Range(0, options.Images).Select(image => image * options.IncrementDegrees).ToArray();
        master.Value(
            Omega,
            starts,
            ("transformation_type", "rotation"),
            ("vector", new double[] { -1, 0, 0 }),
            ("offset", new double[] { 0, 0, 0 }),
            ("units", "deg"),
            ("depends_on", "."));
        double[] ends = starts.Select(start => start + options.IncrementDegrees).ToArray();
        master.Value("/entry/sample/transformations/omega_end", ends, ("units", "deg"));
        master.Value("/entry/sample/transformations/omega_increment_set", options.IncrementDegrees, ("units", "deg"));
    }
}
