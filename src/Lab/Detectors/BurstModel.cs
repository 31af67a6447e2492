namespace Karez.Lab.Detectors;

/// <summary>A reference distribution of the octets in four bursts of a handshake.</summary>
/// <param name="Name">What it models.</param>
/// <param name="Mean">The four means.</param>
/// <param name="Inverse">The inverse covariance matrix, by rows.</param>
/// <param name="Threshold">A distance below it is a match.</param>
/// <param name="LeastFirst">The first burst's least octets; 0 for any.</param>
public sealed record BurstModel(string Name, double[] Mean, double[] Inverse, double Threshold, int LeastFirst)
{
    /// <summary>The three of nDPI (src/lib/protocols/tls.c).</summary>
    internal static BurstModel[] Published { get; } =
    [
        new(
            "TLS 1.2, Firefox",
            [212.883690341977, 4514.71195039459, 107.770762871101, 307.580232995115],
            [
                0.000292421113167604, 4.43677617831228E-07, -5.69966093492813E-05, -2.18124698406311E-06,
                4.43677617831228E-07, 5.98954952745268E-07, -3.59798436724817E-07, 5.71638172955893E-07,
                -5.69966093492813E-05, -3.59798436724817E-07, 0.00076893788148309, 2.22278496185964E-05,
                -2.18124698406311E-06, 5.71638172955893E-07, 2.22278496185964E-05, 5.72770077086287E-05,
            ],
            3.5,
            0),
        new(
            "TLS 1.3, Firefox",
            [640.657378447541, 4649.30338356554, 448.408302530566, 1094.2013079329],
            [
                3.08030337925007E-05, 1.16179172096944E-07, 1.05356744968627E-07, 3.8862884355278E-08,
                1.16179172096944E-07, 6.93179117519316E-07, 2.77413220880937E-08, -3.63723200682445E-09,
                1.05356744968627E-07, 2.77413220880937E-08, 1.0260950589675E-06, -1.08769813590053E-08,
                3.88628843552779E-08, -3.63723200682445E-09, -1.08769813590053E-08, 8.63307792288604E-08,
            ],
            3.0,
            517),
        new(
            "Chrome with ML-KEM",
            [1850.43045387994, 4903.07735480722, 785.25280624695, 1051.22303562714],
            [
                6.72374390966642E-06, -2.32109583941723E-08, 6.67140014394388E-08, 1.2526322628285E-08,
                -2.32109583941723E-08, 5.64668947932086E-07, 4.58963631972597E-08, 6.41254684791958E-09,
                6.67140014394388E-08, 4.58963631972597E-08, 6.04057768431344E-07, -9.1507432597718E-10,
                1.2526322628285E-08, 6.41254684791958E-09, -9.1507432597718E-10, 1.01184796635481E-07,
            ],
            3.0,
            0),
    ];

    /// <summary>The Mahalanobis distance of four bursts to the model.</summary>
    public double Distance(ReadOnlySpan<long> bursts)
    {
        double sum = 0;
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
                sum += (bursts[i] - Mean[i]) * Inverse[(i * 4) + j] * (bursts[j] - Mean[j]);
        }

        return Math.Sqrt(Math.Max(0, sum));
    }

    /// <summary>Whether four bursts match.</summary>
    public bool Matches(ReadOnlySpan<long> bursts) => bursts[0] >= LeastFirst && Distance(bursts) < Threshold;
}
