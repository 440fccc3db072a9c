//! Points in affine coordinates.

use ark_ec::short_weierstrass::{Affine as ArkAffine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::Field;

/// A point (x, y); (0, 0), which is on neither curve, is infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affine<F> {
    pub x: F,
    pub y: F,
}

impl<F: Field> Affine<F> {
    pub fn infinity() -> Self {
        Affine { x: F::ZERO, y: F::ZERO }
    }

    pub fn is_infinity(&self) -> bool {
        self.x.is_zero() && self.y.is_zero()
    }

    pub fn from_ark<C: SWCurveConfig<BaseField = F>>(point: &ArkAffine<C>) -> Self {
        point.xy().map_or_else(Self::infinity, |(x, y)| Affine { x, y })
    }

    pub fn to_ark<C: SWCurveConfig<BaseField = F>>(self) -> ArkAffine<C> {
        if self.is_infinity() {
            ArkAffine::identity()
        } else {
            ArkAffine::new_unchecked(self.x, self.y)
        }
    }
}
