/* Private to the run lengths: integral equations of the second kind by Nystrom's method. */
#ifndef GEMBA_SPC_NYSTROM_H
#define GEMBA_SPC_NYSTROM_H

/* Gauss-Legendre nodes and weights of n points on (low, high). */
void nystrom_quadrature(int n, double low, double high, double *nodes, double *weights);
/* Solves a x = b for the n x n matrix a, row by row; a is destroyed, b becomes x. */
void nystrom_solve(int n, double *a, double *b);
/* Density of the length of a vector of 2 order + 2 standard normals about a center at that distance. order >= -1/2. */
double nystrom_noncentral_chi(double r, double center, double order);

#endif
