"""The answer on paper: loss, optimal ridge and closed forms. Never imports the simulation.

The doors are `predict`, `optimal_ridge`, `bias_variance` and `compute_optimal`. Each equation
stands once in `equations`, and closed forms in `asymptotics`. A tag such as (5.7) is that of an
equation of the derivations. Sources, by the names that the modules use; "derived here" claims no
source:

- [MRS] Maloney, Roberts, Sully, "A Solvable Model of Neural Scaling Laws", arXiv:2210.16859, and
  Roberts' talk of the same title, August 2022 ("the talk");
- [Zhang] arXiv:2405.19398; [Simon] arXiv:2311.14646; [Bach] arXiv:2303.01372;
- [AZP] Atanasov, Zavatone-Veth, Pehlevan, arXiv:2405.00592.

Their ridge for the kernel (1/N) Sigma and projections of unit variance is delta = gamma
M/(sigma_u^2 N), here `kernel_ridge`.
"""
